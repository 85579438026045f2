// SPDX-License-Identifier: GPL-3.0-or-later
// Texts that several rows of the state-space lab's declaration share.
#pragma once

#include "engine/lab/rows.h"
#include "engine/labs/statespace/hippo.h"

namespace orrery::statespace {

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
