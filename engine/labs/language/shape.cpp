// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/shape.h"

#include "engine/error.h"

#include <algorithm>
#include <charconv>

namespace orrery::language {

namespace {

constexpr std::size_t largest = 512; ///< nodes: a tree is a batch of rows for the target

bool before(const Shape::Ranks& a, const Shape::Ranks& b) { return a.size() != b.size() ? a.size() < b.size() : a < b; }

std::string written(const Shape::Ranks& node) {
    std::string out;
    for (const int rank : node) out += (out.empty() ? "" : ",") + std::to_string(rank);
    return out;
}

} // namespace

Shape::Shape(std::vector<Ranks> nodes) : m_nodes(std::move(nodes)) {
    if (m_nodes.size() > largest)
        throw Error("a tree of " + std::to_string(m_nodes.size()) + " nodes: at most " + std::to_string(largest));
    std::sort(m_nodes.begin(), m_nodes.end(), before);
    for (std::size_t i = 0; i < m_nodes.size(); ++i) {
        const Ranks& node = m_nodes[i];
        if (node.empty()) throw Error("a node of the tree has no ranks; the root is there without being named");
        if (*std::min_element(node.begin(), node.end()) < 0)
            throw Error("the tree's node " + written(node) + " has a rank below 0");
        if (i > 0 && m_nodes[i - 1] == node) throw Error("the tree's node " + written(node) + " stands twice");
        int parent = -1;
        if (node.size() > 1) {
            const Ranks above(node.begin(), node.end() - 1);
            const auto it = std::lower_bound(m_nodes.begin(), m_nodes.begin() + std::ptrdiff_t(i), above, before);
            if (it == m_nodes.begin() + std::ptrdiff_t(i) || *it != above)
                throw Error("the tree's node " + written(node) + " has no parent " + written(above));
            parent = int(it - m_nodes.begin());
        }
        m_parents.push_back(parent);
    }
}

Shape Shape::parse(const std::string& text) {
    std::vector<Ranks> nodes;
    Ranks node;
    const char* at = text.data();
    const char* const end = at + text.size();
    const auto blank = [&] {
        while (at < end && (*at == ' ' || *at == '\t')) ++at;
    };
    while (true) {
        blank();
        int rank = 0;
        const auto [next, failure] = std::from_chars(at, end, rank);
        if (failure != std::errc() || rank > 9999)
            throw Error("the tree cannot be read at character " + std::to_string(at - text.data() + 1) +
                        "; it is written as ranks from the root: 0;0,0;1");
        node.push_back(rank);
        at = next;
        blank();
        if (at < end && *at == ',') {
            ++at;
            continue;
        }
        nodes.push_back(std::move(node));
        node.clear();
        if (at == end) break;
        if (*at != ';')
            throw Error("the tree has '" + std::string(1, *at) + "' at character " + std::to_string(at - text.data() + 1) +
                        "; nodes are parted by ; and ranks by ,");
        ++at;
    }
    return Shape(std::move(nodes));
}

std::string Shape::text() const {
    std::string out;
    for (const Ranks& node : m_nodes) out += (out.empty() ? "" : ";") + written(node);
    return out;
}

Shape Shape::chain(int length) { return cartesian(std::vector<int>(std::size_t(std::max(length, 0)), 1)); }

Shape Shape::cartesian(std::span<const int> widths) {
    std::vector<Ranks> nodes, level = {{}};
    for (const int width : widths) {
        if (width < 1) throw Error("a level of the tree is " + std::to_string(width) + " wide; at least 1");
        if (level.size() * std::size_t(width) > largest) throw Error("a tree of more than " + std::to_string(largest) + " nodes");
        std::vector<Ranks> next;
        for (const Ranks& parent : level)
            for (int rank = 0; rank < width; ++rank) {
                next.push_back(parent);
                next.back().push_back(rank);
            }
        nodes.insert(nodes.end(), next.begin(), next.end());
        level = std::move(next);
    }
    return Shape(std::move(nodes));
}

int Shape::depth() const { return m_nodes.empty() ? 0 : int(m_nodes.back().size()); }

std::vector<int> Shape::nodesAt(int depth) const {
    std::vector<int> found;
    for (std::size_t i = 0; i < m_nodes.size(); ++i)
        if (int(m_nodes[i].size()) == depth) found.push_back(int(i));
    return found;
}

std::vector<int> Shape::childrenOf(int parent) const {
    std::vector<int> found;
    for (std::size_t i = 0; i < m_nodes.size(); ++i)
        if (m_parents[i] == parent) found.push_back(int(i));
    return found;
}

std::vector<int> Shape::perDepth() const {
    std::vector<int> counts(std::size_t(depth()), 0);
    for (const Ranks& node : m_nodes) ++counts[node.size() - 1];
    return counts;
}

int Shape::leaves() const {
    int count = 0;
    for (std::size_t i = 0; i < m_nodes.size(); ++i)
        count += std::find(m_parents.begin(), m_parents.end(), int(i)) == m_parents.end();
    return count;
}

Shape Shape::upTo(int depth) const {
    std::vector<Ranks> nodes;
    for (const Ranks& node : m_nodes)
        if (int(node.size()) <= depth) nodes.push_back(node);
    return Shape(std::move(nodes));
}

void Shape::fit(int deepest, const std::string& drafter) const {
    if (depth() > deepest)
        throw Error("the tree is " + std::to_string(depth()) + " deep, but " + drafter + " looks only " +
                    std::to_string(deepest) + " tokens ahead; choose a tree that is no deeper");
}

TreeBuffers buffers(const Shape& shape, int heads) {
    shape.fit(heads, "this set of heads");
    const std::size_t n = shape.size() + 1;
    TreeBuffers out;
    out.mask.assign(n, std::vector<std::uint8_t>(n, 0));
    out.treeIndices.assign(n, 0);
    out.positions.assign(n, 0);
    out.mask[0][0] = 1;
    for (std::size_t i = 1; i < n; ++i) {
        const Shape::Ranks& node = shape.nodes()[i - 1];
        if (node.back() >= TreeBuffers::top)
            throw Error("the tree's node " + written(node) + " asks for candidate " + std::to_string(node.back()) +
                        "; each head gives " + std::to_string(TreeBuffers::top) + ", counted from 0");
        out.mask[i] = out.mask[std::size_t(shape.parent(i - 1) + 1)]; // all that its parent may see
        out.mask[i][i] = 1;
        out.positions[i] = int(node.size());
        out.treeIndices[i] = node.back() + TreeBuffers::top * (int(node.size()) - 1) + 1;
    }
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (!shape.childrenOf(int(i)).empty()) continue;
        std::vector<int> path(std::size_t(shape.depth()) + 1, -1);
        for (int node = int(i); node >= 0; node = shape.parent(std::size_t(node)))
            path[shape.nodes()[std::size_t(node)].size()] = node + 1;
        path[0] = 0;
        out.retrieve.push_back(std::move(path));
    }
    return out;
}

double expectedTokens(const Shape& shape, std::span<const std::vector<double>> accuracy) {
    std::vector<double> product(shape.size());
    double sum = 1;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        const Shape::Ranks& node = shape.nodes()[i];
        const auto& ranks = node.size() <= accuracy.size() ? accuracy[node.size() - 1] : std::vector<double>();
        const double right = std::size_t(node.back()) < ranks.size() ? ranks[std::size_t(node.back())] : 0;
        product[i] = right * (shape.parent(i) < 0 ? 1 : product[std::size_t(shape.parent(i))]);
        sum += product[i];
    }
    return sum;
}

} // namespace orrery::language
