// SPDX-License-Identifier: GPL-3.0-or-later
// When a row of a declaration acts: "key=choice|choice;key!=choice", all of which must hold.
#pragma once

#include <string>
#include <vector>

namespace orrery::lab {

struct Condition {
    std::string key; ///< of a choice or a flag
    bool negated = false;
    std::vector<std::string> choices; ///< as Settings::text writes them
};

/// Throws Error where there is no '='.
std::vector<Condition> conditions(const std::string& shownWhen);

} // namespace orrery::lab
