// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/scenario_options.h"

#include "app/cli/subcommands.h"
#include "engine/lab/lab.h"

#include <CLI/CLI.hpp>

namespace orrery::cli {

void ScenarioOptions::addTo(CLI::App& command) {
    command.add_option("lab", lab, "Its name, from `labs`")->required();
    command.add_option("--scenario", scenario, "A scenario file, or the name of a built-in one; else the lab's default");
    command.add_option("--set", sets, "key=value, as often as needed; `describe` lists the keys")
        ->allow_extra_args(false)
        ->check([](const std::string& text) {
            return text.find('=') == std::string::npos || text[0] == '=' ? "expected key=value, not '" + text + "'"
                                                                         : std::string();
        });
    addDeviceOption(command, device);
}

lab::Scenario ScenarioOptions::load() const {
    return orrery::lab::loadScenario(scenario.empty() ? orrery::lab::find(lab).declaration->defaultScenario : scenario, lab);
}

void ScenarioOptions::applySets(lab::Settings& settings) const {
    for (const std::string& set : sets) {
        const std::size_t equals = set.find('=');
        settings.setText(set.substr(0, equals), set.substr(equals + 1));
    }
}

} // namespace orrery::cli
