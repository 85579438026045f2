// SPDX-License-Identifier: GPL-3.0-or-later
// Each adds itself to the command line; its callback does the work and throws Error.
#pragma once

#include <CLI/App.hpp>

namespace orrery::cli {

void addDevices(CLI::App& app);
void addLabs(CLI::App& app);
void addDescribe(CLI::App& app);
void addRun(CLI::App& app);
void addProject(CLI::App& app);
void addSegment(CLI::App& app);
void addGenerate(CLI::App& app);
void addTrain(CLI::App& app);
void addBench(CLI::App& app);

/// --device, the same for every command that needs one.
void addDeviceOption(CLI::App& command, std::string& wanted);

} // namespace orrery::cli
