// SPDX-License-Identifier: GPL-3.0-or-later
// The law that a round's own rule gives at the nodes where it decided, counted on the distributions that stood there.
#pragma once

#include "engine/labs/language/round.h"

#include <optional>

namespace orrery::language {

/// Largest error of the law of the token that leaves this node, every case counted, with p and q narrowed to their `narrow` likeliest
/// tokens; none where nothing was drafted or drawn, or full distributions are not kept.
std::optional<double> lawErrorAt(const Round& round, const Visit& visit, int narrow = 8);
/// Over its first nodes; -1 where there is none.
double lawErrorOf(const Round& round);

} // namespace orrery::language
