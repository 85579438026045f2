// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/progress.h"

#include <algorithm>
#include <cstdio>

#ifdef _WIN32
#include <io.h>
#else
#include <unistd.h>
#endif

namespace orrery::cli {

namespace {

bool stderrIsTerminal() {
#ifdef _WIN32
    return _isatty(_fileno(stderr)) != 0;
#else
    return isatty(fileno(stderr)) != 0;
#endif
}

constexpr std::chrono::milliseconds betweenRedraws{100}, betweenLines{10000};

} // namespace

Progress::Progress() : m_terminal(stderrIsTerminal()), m_last(Clock::now()) {}

Progress::~Progress() {
    if (m_shown && m_terminal) std::fputs("\r\x1b[K", stderr);
}

void Progress::show(const std::string& text) {
    const auto now = Clock::now();
    if (now - m_last < (m_terminal ? betweenRedraws : betweenLines)) return;
    m_last = now;
    m_shown = true;
    if (m_terminal)
        std::fprintf(stderr, "\r%s\x1b[K", text.c_str());
    else
        std::fprintf(stderr, "%s\n", text.c_str());
    std::fflush(stderr);
}

std::size_t characters(const std::string& text) {
    return std::size_t(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string padded(const std::string& text, std::size_t width) {
    const std::size_t used = characters(text);
    return used < width ? text + std::string(width - used, ' ') : text;
}

} // namespace orrery::cli
