// SPDX-License-Identifier: GPL-3.0-or-later
// A scenario brings back everything that is seen: lab, seed, parameters, position, camera. JSON:
//   { "orrery": 1, "lab": "diffusion", "title": "…", "title.zh": "…", "summary": "…", "summary.zh": "…", "seed": 7,
//     "parameters": { key: value, … },            only those that differ from the default need be there
//     "progress": 0.35, "playing": true, "camera": { "x": 0, "y": 0, "height": 6 } }
// Unknown keys and versions are refused by name.
#pragma once

#include "engine/lab/settings.h"

#include <optional>
#include <string>
#include <vector>

namespace orrery::lab {

/// What the viewport looks at, in data units.
struct CameraState {
    double x = 0, y = 0, height = 6;
    bool operator==(const CameraState&) const = default;
};

struct Scenario {
    static constexpr int version = 1;
    std::string name; ///< file name without folder and extension
    std::string lab, title, titleZh, summary, summaryZh;
    std::uint64_t seed = 1;
    Settings settings;
    double clockFraction = 0; ///< share of the steps done, 0 … 1 (JSON "progress")
    bool playing = false;
    std::optional<CameraState> camera;
};

Scenario parseScenario(const std::string& json, const std::string& where);         ///< throws Error: file, key, what to do
Scenario loadScenario(const std::string& fileOrName, const std::string& lab = {}); ///< a path, or the name of an embedded one
std::string writeScenario(const Scenario& scenario);
std::vector<Scenario> embeddedScenarios(const std::string& lab);

} // namespace orrery::lab
