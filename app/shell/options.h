// SPDX-License-Identifier: GPL-3.0-or-later
// What `orrery` is told when it opens its window.
#pragma once

#include <string>

namespace orrery::app {

struct WindowOptions {
    std::string device{}, scenario{}, lab{}, file{};
    std::string language{}, theme{}; ///< "en" or "zh", "dark" or "light"; empty: as remembered
    bool restore = true;             ///< bring the last scenario back if nothing else is asked for
};

/// Takes Qt's own options out first, so `arguments` are QCoreApplication::arguments(). Returns the exit code to leave with,
/// or -1 to open the window; what is wrong has been said on stderr.
int parseOptions(int argc, char** argv, WindowOptions& options);

} // namespace orrery::app
