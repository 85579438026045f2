// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/options.h"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace orrery::app {

int parseOptions(int argc, char** argv, WindowOptions& options) {
    CLI::App app("Orrery: a laboratory for machine-learning mechanisms");
    app.set_help_flag(); // --help is a command, with all of them
    app.add_option("--device", options.device, "Index, part of a name, cpu or gpu");
    app.add_option("--scenario", options.scenario, "Name, or a file");
    app.add_option("--lab", options.lab, "Name of a lab");
    app.add_option("--lang", options.language, "Language")->check(CLI::IsMember({"en", "zh"}));
    app.add_option("--theme", options.theme, "Theme")->check(CLI::IsMember({"dark", "light"}));
    app.add_flag("!--fresh", options.restore, "Do not bring the last scenario back");
    app.add_option("file", options.file, "A data file or a scenario");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::fprintf(stderr, "orrery: %s; see orrery --help\n", error.what());
        return 2;
    }
    if (const char* way = std::getenv("ORRERY_PRESENT"); way && *way && std::string_view(way) != "swapchain") {
        std::fprintf(stderr, "orrery: ORRERY_PRESENT is '%s'; it can be swapchain\n", way);
        return 2;
    }
    return -1;
}

} // namespace orrery::app
