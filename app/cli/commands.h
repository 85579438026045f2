// SPDX-License-Identifier: GPL-3.0-or-later
// The command line, the same in `orrery` and in `orrery-cli`. Exit code 0; 2 for a bad command line; 1 with one line on
// stderr for anything else that went wrong.
#pragma once

namespace orrery::cli {

/// True for a subcommand, and for --help and --version: nothing that needs the window.
bool isCommand(const char* argument);
int runCommand(int argc, char** argv);

} // namespace orrery::cli
