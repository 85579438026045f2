// SPDX-License-Identifier: GPL-3.0-or-later
// Progress on stderr: one line that redraws itself on a terminal; elsewhere a line now and then in long work only.
#pragma once

#include <chrono>
#include <string>

namespace orrery::cli {

class Progress {
 public:
    Progress();
    ~Progress(); ///< leaves the terminal's line empty
    void show(const std::string& text);

 private:
    using Clock = std::chrono::steady_clock;
    bool m_terminal, m_shown = false;
    Clock::time_point m_last;
};

/// Cells in columns of equal width, measured in characters of UTF-8; the last one may be as long as it likes.
std::string padded(const std::string& text, std::size_t width);
std::size_t characters(const std::string& text);

} // namespace orrery::cli
