// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of the language lab's declaration.
#pragma once

#include "engine/lab/declaration.h"

namespace orrery::language {

lab::Parameter choice(std::string key, std::string label, std::string group, std::string fallback,
                      std::vector<lab::Choice> choices, std::string meaning, lab::Parameter more = {});
lab::Parameter number(std::string key, std::string label, std::string group, double fallback, double low, double high,
                      double step, std::string meaning, lab::Parameter more = {});
lab::Parameter integer(std::string key, std::string label, std::string group, std::int64_t fallback, double low, double high,
                       std::string meaning, lab::Parameter more = {});
lab::Parameter flag(std::string key, std::string label, std::string group, bool fallback, std::string meaning,
                    lab::Parameter more = {});
lab::Parameter file(std::string key, std::string label, std::string group, std::string meaning, lab::Parameter more = {});
lab::Parameter line(std::string key, std::string label, std::string group, std::string fallback, std::string meaning,
                    lab::Parameter more = {});

/// Strategies of drafting, in the order in which they are offered; "plain" drafts nothing.
const std::vector<lab::Choice>& strategies();
/// Trees: "chain", "wide", "dynamic", "own", and the published ones by their keys.
const std::vector<lab::Choice>& trees();

} // namespace orrery::language
