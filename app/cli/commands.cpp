// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"

#include "app/cli/subcommands.h"
#include "engine/error.h"
#include "engine/lab/names.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <new>

namespace orrery::cli {

namespace {

enum ExitCode { done = 0, failed = 1, badCommandLine = 2 };

const std::vector<std::string> commandNames = {"devices", "labs",     "describe", "run",  "project",
                                               "segment", "generate", "train",    "bench"};

/// One line whatever stands in it: file names and values may hold anything.
int complain(std::string text, ExitCode code) {
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    std::fprintf(stderr, "orrery: %s\n", text.c_str());
    return code;
}

std::unique_ptr<CLI::App> makeApp(const std::string& program) {
    auto app = std::make_unique<CLI::App>("Orrery: the mechanisms of machine learning, live on the GPU.", program);
    app->set_version_flag("--version", "orrery " ORRERY_VERSION);
    app->require_subcommand(1);
    addDevices(*app);
    addLabs(*app);
    addDescribe(*app);
    addRun(*app);
    addProject(*app);
    addSegment(*app);
    addGenerate(*app);
    addTrain(*app);
    addBench(*app);
    return app;
}

int dispatch(int argc, char** argv) {
    const std::string program = argc > 0 ? std::filesystem::path(argv[0]).filename().string() : "orrery";
    const auto app = makeApp(program);
    const std::string first = argc > 1 ? argv[1] : "";
    try {
        if (!first.empty() && first[0] != '-' && !isCommand(argv[1]))
            return complain("there is no command '" + first + "'" + lab::suggestion(first, commandNames), badCommandLine);
        app->parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return app->exit(error);
        const auto chosen = app->get_subcommands();
        const std::string help = program + (chosen.empty() ? "" : " " + chosen.front()->get_name()) + " --help";
        return complain(std::string(error.what()) + "; see " + help, badCommandLine);
    }
    std::cout.flush();
    return std::cout ? done : complain("the output cannot be written", failed);
}

} // namespace

bool isCommand(const char* argument) {
    const std::string word = argument ? argument : "";
    if (word == "--help" || word == "-h" || word == "--version") return true;
    return std::find(commandNames.begin(), commandNames.end(), word) != commandNames.end();
}

int runCommand(int argc, char** argv) {
    try {
        return dispatch(argc, argv);
    } catch (const std::bad_alloc&) {
        return complain("out of memory; ask for fewer items, or close other programs", failed);
    } catch (const std::exception& error) {
        return complain(error.what(), failed);
    }
}

} // namespace orrery::cli
