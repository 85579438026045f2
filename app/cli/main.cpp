// SPDX-License-Identifier: GPL-3.0-or-later
// orrery-cli: everything headless, without Qt.
#include "app/cli/commands.h"

int main(int argc, char** argv) { return orrery::cli::runCommand(argc, argv); }
