// SPDX-License-Identifier: GPL-3.0-or-later
// From the root down: which candidates stay, and which token follows the last that does.
#pragma once

#include "engine/labs/language/drafter.h"

namespace orrery::language {

/// One candidate decided on.
struct Decision {
    int parent = -1, node = 0; ///< of the tree
    int position = 0;          ///< of the token in the text
    double p = 0, q = 0;       ///< the target's and the draft's probability at that moment: of residuals after a refusal
    double acceptance = 0;     ///< it stays when the coin is below; of typical acceptance the threshold that p must pass
    double coin = 0;           ///< in (0, 1); of the coupled rule the coin that drew the target's token; 0 where none was thrown
    double mass = 0;           ///< after a refusal: what was left before it was normalised
    bool accepted = false;
};

struct Verdict {
    std::vector<Decision> decisions; ///< in the order in which they were made
    std::vector<int> path;           ///< accepted nodes
    std::int32_t last = 0;           ///< the token after them
    int lastParent = -1;             ///< the node it follows
    double lastCoin = 0;
    bool bonus = false; ///< nothing was refused before `last`: it came on top
    /// What typical acceptance costs: of the law of each accepted token, given the draft, against the target's. 0 for others.
    double divergence = 0, variation = 0; ///< summed over accepted tokens: -log p, 1 - p
};

/// The target's distribution after a node (-1: the root), after temperature, top-k, top-p. Valid while the verification runs.
class Target {
 public:
    virtual ~Target() = default;
    virtual const Distribution& after(int node) = 0;
};

/// Told of each decision; `before` and `after` are the same but after a refusal.
class Witness {
 public:
    virtual ~Witness() = default;
    virtual void decided(const Decision& decision, const Trial& before, const Trial& after) = 0;
};

/// `position`: of the token that follows the root. Coins are of (seed, position, candidate).
Verdict verify(const DraftTree& tree, Target& target, Rule rule, const Typical& typical, const Coins& coins, int position,
               Witness* witness = nullptr);

} // namespace orrery::language
