// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of the state-space lab's declaration, and texts that several of them share.
#pragma once

#include "engine/lab/declaration.h"
#include "engine/labs/statespace/hippo.h"

namespace orrery::statespace {

lab::Parameter choice(std::string key, std::string label, std::string group, std::string fallback,
                      std::vector<lab::Choice> choices, std::string meaning, lab::Parameter more = {});
lab::Parameter number(std::string key, std::string label, std::string group, double fallback, double low, double high,
                      double step, std::string unit, std::string meaning, lab::Parameter more = {});
lab::Parameter integer(std::string key, std::string label, std::string group, std::int64_t fallback, double low, double high,
                       std::string meaning, lab::Parameter more = {});
lab::Parameter flag(std::string key, std::string label, std::string group, bool fallback, std::string meaning,
                    lab::Parameter more = {});
lab::Parameter file(std::string key, std::string label, std::string group, std::string meaning, lab::Parameter more = {});
lab::Parameter points(std::string key, std::string label, std::string group, lab::Points fallback,
                      std::vector<std::string> columns, double low, double high, std::size_t most, std::string meaning,
                      lab::Parameter more = {});

struct MethodText {
    Method method = Method::legsScaled;
    std::string key, name; ///< "legs-scaled", "LegS"
    std::string meaning;   ///< one line
    bool first = false;    ///< among those that are shown at first
    int colour = 0;        ///< of the seven categories
};
const std::vector<MethodText>& methodTexts(); ///< in the order of Method
std::vector<lab::Choice> constantMethods();   ///< time-invariant ones
std::vector<lab::Choice> trapChoices();

} // namespace orrery::statespace
