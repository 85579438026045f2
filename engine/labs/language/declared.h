// SPDX-License-Identifier: GPL-3.0-or-later
// Choices of the language lab's declaration.
#pragma once

#include "engine/lab/rows.h"

namespace orrery::language {

/// Strategies of drafting, in the order in which they are offered; "plain" drafts nothing.
const std::vector<lab::Choice>& strategies();
/// Trees: "chain", "wide", "dynamic", "own", and the published ones by their keys.
const std::vector<lab::Choice>& trees();

} // namespace orrery::language
