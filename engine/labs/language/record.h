// SPDX-License-Identifier: GPL-3.0-or-later
// Writes down a verification while it happens.
#pragma once

#include "engine/labs/language/round.h"

namespace orrery::language {

class Recorder final : public Witness {
 public:
    /// `logits`: [nodes + 1, vocabulary], the root's row first.
    Recorder(const DraftTree& tree, Target& target, std::span<const float> logits, int vocabulary);
    void decided(const Decision& decision, const Trial& before, const Trial& after) override;
    /// Completes `round` with nodes, visits, steps; everything else is there already.
    void finish(Round& round);

    static constexpr int likeliestShown = 24; ///< of p and of q

 private:
    int visit(int node, int position);

    const DraftTree* m_tree;
    Target* m_target;
    std::span<const float> m_logits;
    int m_vocabulary;
    std::vector<Visit> m_visits;
    std::vector<Step> m_steps;
};

} // namespace orrery::language
