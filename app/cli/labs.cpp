// SPDX-License-Identifier: GPL-3.0-or-later
// orrery labs: what there is to run.
#include "app/cli/progress.h"
#include "app/cli/subcommands.h"
#include "engine/lab/lab.h"
#include "engine/lab/scenario.h"

#include <iostream>

namespace orrery::cli {

void addLabs(CLI::App& app) {
    app.add_subcommand("labs", "The labs and their scenarios")->callback([] {
        for (const lab::Entry& entry : lab::registry()) {
            const lab::Declaration& declaration = *entry.declaration;
            std::cout << declaration.name << "  " << declaration.summary << "\n";
            const auto scenarios = lab::embeddedScenarios(declaration.name);
            std::size_t width = 0;
            for (const auto& scenario : scenarios) width = std::max(width, characters(scenario.name));
            for (const auto& scenario : scenarios)
                std::cout << "    " << padded(scenario.name, width) << "  " << scenario.title
                          << (scenario.name == declaration.defaultScenario ? " (the default)" : "") << "\n";
        }
    });
}

} // namespace orrery::cli
