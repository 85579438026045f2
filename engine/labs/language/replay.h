// SPDX-License-Identifier: GPL-3.0-or-later
// One node of a round decided again: by the rule that it had, or by another with the same coins.
#pragma once

#include "engine/labs/language/round.h"

namespace orrery::language {

/// What was decided at one node.
struct Choice {
    Rule rule = Rule::greedy;
    int visit = 0;                          ///< of the round
    std::vector<std::int32_t> candidates{}; ///< in the order of being tried; one may stand twice
    std::vector<Step> steps{};              ///< Decision::node counts the candidates' different tokens, in order of coming
    bool redrawn = false;                   ///< the rule needs candidates taken otherwise: drawn anew, with the same seed
    int kept = -1;                          ///< of candidates
    std::int32_t token = -1;                ///< that left the node; -1: not known (a round's path went another way)
    double coin = 0;                        ///< that drew it, where no candidate was kept
    double chance = -1;                     ///< of a replay: that one of these candidates is kept, over all coins
};

/// Index of the visit to a node (-1: the root); -1 where nobody came.
int visitOf(const Round& round, int node);

Choice happened(const Round& round, int visit);
/// Throws Error when the visit's rows were forgotten, or when the rule needs a q and the draft gave none.
Choice replay(const Round& round, int visit, Rule rule, const Typical& typical, const Coins& coins);

} // namespace orrery::language
