// SPDX-License-Identifier: GPL-3.0-or-later
// One round of speculative decoding as it happened: draft, one pass of the target, decisions, what was kept. A round is all
// that a picture of it needs; nothing has to be computed again to show, scrub or replay it.
#pragma once

#include "engine/labs/language/verify.h"

namespace orrery::language {

/// Milliseconds of wall time.
struct Times {
    double draft = 0, verify = 0, decide = 0, commit = 0;
    double total() const { return draft + verify + decide + commit; }
    Times& operator+=(const Times& other);
};

enum class Fate {
    unseen,   ///< nobody got there: an ancestor was refused, or a sibling before it was accepted
    refused,  ///< tried and not kept
    accepted, ///< on the path that became text
};

struct RoundNode {
    std::int32_t token = 0;
    int parent = -1, depth = 1, rank = 0;
    double p = 0, q = 0; ///< of this token after its parent, as they were before any decision
    double value = 0;    ///< product of q from the root
    Fate fate = Fate::unseen;
};

/// A token in the picture of a node's distributions.
struct Bar {
    std::int32_t token = 0;
    float logit = 0;
    double p = 0, q = 0;
};

/// A node at which something was decided.
struct Visit {
    int node = -1;               ///< -1: the root
    int position = 0;            ///< of the token that is decided on
    std::vector<Bar> bars;       ///< the likeliest under p or q and every candidate, by the larger of both
    double restP = 0, restQ = 0; ///< what the other tokens hold together
    double entropy = 0;          ///< of p, nats
    double overlap = 0;          ///< sum of min(p, q): how often one draw from q would stay; 0 without q
    std::vector<float> logits;   ///< [vocabulary] of the target
    std::vector<float> q;        ///< [vocabulary], empty where there was none
};

/// A decision with the residuals around it, at the tokens of its visit's bars.
struct Step {
    Decision decision;
    int visit = 0;                       ///< of Round::visits
    std::vector<double> before, after;   ///< p
    std::vector<double> qBefore, qAfter; ///< q; empty where there is none
};

/// Rows of the key/value cache that acceptance moves: from the node's place in the tree to its place in the text.
struct Move {
    int from = 0, to = 0;
    bool operator==(const Move&) const = default;
};

struct Round {
    int index = 0;         ///< from 0
    int length = 0;        ///< tokens of text before it, the root among them
    std::int32_t root = 0; ///< last token of that text, the first row of the target's pass
    Rule rule = Rule::greedy;
    std::string drafter; ///< empty: plain decoding
    Sampling sampling;
    std::vector<RoundNode> nodes;        ///< row i + 1 of the target's pass is node i
    std::vector<std::vector<int>> draws; ///< [nodes + 1]: candidates of the root, of node 0, …, in the order of being tried
    std::vector<Visit> visits;           ///< in the order of coming there
    std::vector<Step> steps;             ///< in the order of deciding
    std::vector<int> path;               ///< accepted nodes
    std::int32_t last = 0;               ///< the token after them
    int lastParent = -1;
    double lastCoin = 0;
    bool bonus = false;                   ///< `last` came on top: nothing was refused before it
    double divergence = 0, variation = 0; ///< what typical acceptance cost, see Verdict
    double lawError = -1;                 ///< see law_check.h; -1: not counted
    int asks = 0;                         ///< levels for which the drafter was asked
    Times times;

    int tokens() const { return int(path.size()) + 1; }  ///< that this round wrote
    std::vector<std::int32_t> written() const;           ///< they themselves
    int slot(int node) const { return length + node; }   ///< of the key/value cache, while the tree is pending; root: length - 1
    std::vector<std::vector<std::uint8_t>> mask() const; ///< [nodes + 1][nodes + 1]: row sees column; the root first
    std::vector<Move> moves() const;                     ///< accepted nodes whose place changes, in order
    std::size_t bytes() const;                           ///< about what it takes to keep
    void forgetRows();                                   ///< drops logits and q of its visits, keeps the bars
};

} // namespace orrery::language
