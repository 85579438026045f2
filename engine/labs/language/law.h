// SPDX-License-Identifier: GPL-3.0-or-later
// What a rule writes at one node, by counting every case: all candidates that can be drawn, all coins that can fall. Exact but
// for rounding, so that a lossless rule must give the target's own law to 1e-12.
#pragma once

#include "engine/labs/language/rule.h"

namespace orrery::language {

struct Law {
    Distribution token; ///< of the token that leaves the node
    double kept = 0;    ///< probability that one of the candidates stays
};

/// k candidates taken from q by `pick`. Takes about (tokens with q > 0)^k steps of size vocabulary, one for each of k where the
/// residual does not depend on what was refused. Throws Error above `mostSteps`, and for typical acceptance, which asks more
/// than one node.
Law lawOf(Rule rule, Pick pick, const Distribution& p, const Distribution& q, int k);
constexpr double mostSteps = 2e7;

/// Only the tokens that p or q has: what a rule does is the same, and counting takes less.
struct Supported {
    std::vector<int> tokens;
    Distribution p, q;
};
Supported supported(const Distribution& p, const Distribution& q);

} // namespace orrery::language
