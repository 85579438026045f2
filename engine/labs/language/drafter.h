// SPDX-License-Identifier: GPL-3.0-or-later
// What proposes tokens, and the tree of what it proposed.
#pragma once

#include "engine/labs/language/rule.h"
#include "engine/labs/language/shape.h"

#include <cstdint>
#include <string>

namespace orrery::language {

struct DraftNode {
    std::int32_t token = 0;
    int parent = -1; ///< -1: the root, the last token of the text
    int depth = 1;
    int rank = 0;     ///< among its siblings, in the order in which they are tried
    double q = 0;     ///< the draft's probability when it was taken
    double value = 0; ///< product of q along the path
};

struct DraftTree {
    std::vector<DraftNode> nodes; ///< parents before children
    std::vector<std::vector<int>>
        draws;                   ///< [nodes + 1], of the root first: its candidates in the order of drawing; one may stand twice
    std::vector<Distribution> q; ///< [nodes + 1], of the root first: what the draft said follows; empty where it was not asked
    int asks = 0;                ///< how often the drafter was asked, a level at a time
    const std::vector<int>& candidates(int parent) const { return draws[std::size_t(parent + 1)]; }
    const Distribution& after(int parent) const { return q[std::size_t(parent + 1)]; }
    std::vector<std::int32_t> path(int node) const; ///< tokens from below the root to this node
    int depth() const;
};

/// What a drafter may look at.
struct Past {
    std::span<const std::int32_t> text; ///< all tokens so far
    /// The target's last hidden states of all tokens but the last, [text.size() - 1, width]; empty where there are none.
    std::span<const float> hidden{};
    int width = 0;
    Sampling sampling{}; ///< which q is after
};

class Drafter {
 public:
    virtual ~Drafter() = default;
    virtual std::string name() const = 0;
    virtual int deepest() const { return 64; } ///< tokens it can look ahead
    virtual bool readsHidden() const { return false; }
    /// A new round. The text may differ from the last one in any way.
    virtual void begin(const Past& past) = 0;
    /// What follows each of these nodes (-1: the last token of the text): nodes of one depth, whose parents were asked before.
    /// An empty distribution: nothing to propose. After temperature, top-k and top-p.
    virtual void expand(const DraftTree& tree, std::span<const int> parents, std::vector<Distribution>& q) = 0;
};

/// EAGLE-2's tree (2406.16858): each level asks the best `width` nodes and takes the best `width` candidates of each; of all
/// that were seen, the `total` of greatest path value stay. Ties go toward the root, which keeps the tree connected.
struct Dynamic {
    int total = 24, depth = 5, width = 4;
};

/// How a tree is grown.
struct Growth {
    std::optional<Dynamic> dynamic{}; ///< else `shape`
    Shape shape = Shape::chain(4);
    Pick pick = Pick::top;
    int deepest = 64; ///< no node below this depth: what is left of context or text
};

/// Throws Error for a tree deeper than the drafter looks, and for a dynamic tree of drawn candidates: which of them stay would
/// depend on what was drawn, and no rule here is lossless for that. `position`: of the token after the text.
DraftTree grow(Drafter& drafter, const Past& past, const Growth& growth, const Coins& coins);
void checkGrowth(const Drafter& drafter, const Growth& growth);

/// Up to k candidates from q. Draws of `Pick::iid` may repeat; fewer come when q holds fewer tokens.
/// `salt` parts the coins of nodes at one position.
std::vector<int> candidates(const Distribution& q, Pick pick, int k, const Coins& coins, int position, int salt);

/// Indices of the `total` nodes of greatest value, parents before children.
std::vector<int> bestConnected(std::span<const DraftNode> nodes, int total);

} // namespace orrery::language
