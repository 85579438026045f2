// SPDX-License-Identifier: GPL-3.0-or-later
// What every command that starts from a scenario takes: the lab, the scenario, settings on top of it, the device.
#pragma once

#include "engine/lab/scenario.h"

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace orrery::cli {

struct ScenarioOptions {
    std::string lab, scenario, device;
    std::vector<std::string> sets;

    void addTo(CLI::App& command);
    /// The scenario that is asked for, or the lab's default; without `sets`, which come after what else a command puts into it.
    lab::Scenario load() const;
    void applySets(lab::Settings& settings) const;
};

} // namespace orrery::cli
