// SPDX-License-Identifier: GPL-3.0-or-later
// Where a draft may branch before any token is known: a node is the ranks of its candidates from the root on, (0, 2) being
// the third child of the first. Text form as in Medusa's choices: "0;0,0;0,1;1". Buffers as generate_medusa_buffers makes them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace orrery::language {

/// A static tree. Nodes are sorted by (depth, ranks), parents before children; the root (the last token of the text) is not one.
class Shape {
 public:
    using Ranks = std::vector<int>;

    Shape() = default;
    /// Throws Error naming the node: a parent that is missing, one that stands twice, a rank below 0.
    explicit Shape(std::vector<Ranks> nodes);
    static Shape parse(const std::string& text);
    std::string text() const;

    static Shape chain(int length);
    /// All of the first `widths[0]` candidates, below each `widths[1]`, …
    static Shape cartesian(std::span<const int> widths);

    const std::vector<Ranks>& nodes() const { return m_nodes; }
    std::size_t size() const { return m_nodes.size(); }
    int parent(std::size_t node) const { return m_parents[node]; } ///< -1: the root
    int depth() const;                                             ///< 0 when empty
    std::vector<int> nodesAt(int depth) const;
    std::vector<int> childrenOf(int parent) const; ///< -1: of the root
    std::vector<int> perDepth() const;             ///< how many nodes at depth 1, 2, …
    int leaves() const;
    Shape upTo(int depth) const; ///< what is no deeper

    /// A drafter that looks only `deepest` tokens ahead has no token for deeper nodes. Throws Error with both numbers.
    void fit(int deepest, const std::string& drafter) const;
    bool operator==(const Shape&) const = default;

 private:
    std::vector<Ranks> m_nodes;
    std::vector<int> m_parents;
};

struct NamedShape {
    std::string key, name, from; ///< from: where it was published
    Shape shape;
};
/// Medusa's nine (63 nodes each) and EAGLE-1's default (25). Each was found by a greedy search on measured accuracies.
const std::vector<NamedShape>& publishedShapes();
/// "chain4", "2x2x2", a published key, or the text form. Throws Error.
Shape shapeOf(const std::string& text);

/// What Medusa's tree attention is given; node 0 is the root.
struct TreeBuffers {
    static constexpr int top = 10;               ///< candidates per head in the flat list
    std::vector<std::vector<std::uint8_t>> mask; ///< [n+1][n+1]: 1 where a row may look
    std::vector<int> treeIndices;                ///< [n+1] into (root, top of head 1, top of head 2, …)
    std::vector<int> positions;                  ///< [n+1] depth
    std::vector<std::vector<int>> retrieve;      ///< one row a leaf: its path from the root, filled up with -1
};
TreeBuffers buffers(const Shape& shape, int heads); ///< throws Error for a tree deeper than the heads or a rank of 10 and more

/// E[tokens] of a static tree when the candidate of rank r at depth d is right with accuracy[d-1][r]: 1 + sum over nodes of the
/// product along the path (Medusa's gen_results). The target's own token is counted.
double expectedTokens(const Shape& shape, std::span<const std::vector<double>> accuracy);

} // namespace orrery::language
