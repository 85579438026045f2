// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/error.h"
#include "engine/labs/language/drafter.h"

#include <algorithm>
#include <numeric>

namespace orrery::language {

namespace {

constexpr int coinsPerNode = 1024; ///< more than a node has candidates

int add(DraftTree& tree, int token, int parent, int rank, double q) {
    DraftNode node;
    node.token = token;
    node.parent = parent;
    node.rank = rank;
    node.depth = parent < 0 ? 1 : tree.nodes[std::size_t(parent)].depth + 1;
    node.q = q;
    node.value = q * (parent < 0 ? 1 : tree.nodes[std::size_t(parent)].value);
    tree.nodes.push_back(node);
    tree.draws.emplace_back();
    tree.q.emplace_back();
    return int(tree.nodes.size()) - 1;
}

/// Takes candidates below a node; the same token drawn again is the same node, tried again. Returns the node of each draw, -1
/// where there is none. Of draws that `ranks` does not name only those without replacement stay: the later depend on them.
std::vector<int> branch(DraftTree& tree, int parent, Distribution q, std::span<const int> ranks, Pick pick, const Coins& coins,
                        int position) {
    std::vector<int> nodes, known;
    const std::vector<int> tokens = candidates(q, pick, ranks.back() + 1, coins, position, parent + 1);
    for (std::size_t rank = 0; rank < tokens.size(); ++rank) {
        nodes.push_back(-1);
        if (pick != Pick::distinct && !std::binary_search(ranks.begin(), ranks.end(), int(rank))) continue;
        const int token = tokens[rank];
        for (const int node : known)
            if (tree.nodes[std::size_t(node)].token == token) nodes.back() = node;
        if (nodes.back() < 0) {
            nodes.back() = add(tree, token, parent, int(known.size()), q[std::size_t(token)]);
            known.push_back(nodes.back());
        }
        tree.draws[std::size_t(parent + 1)].push_back(nodes.back());
    }
    tree.q[std::size_t(parent + 1)] = std::move(q);
    return nodes;
}

DraftTree growShape(Drafter& drafter, const Past& past, const Growth& growth, const Coins& coins) {
    DraftTree tree;
    tree.draws.resize(1);
    tree.q.resize(1);
    const Shape& shape = growth.shape;
    const int depth = std::min(shape.depth(), growth.deepest);
    std::vector<std::pair<int, int>> level = {{-1, -1}}; // node of the shape, node of the tree
    for (int d = 1; d <= depth && !level.empty(); ++d) {
        std::vector<int> parents;
        std::vector<std::vector<int>> children;
        for (const auto& [place, node] : level) {
            std::vector<int> below = shape.childrenOf(place);
            if (below.empty()) continue;
            parents.push_back(node);
            children.push_back(std::move(below));
        }
        if (parents.empty()) break;
        std::vector<Distribution> q(parents.size());
        drafter.expand(tree, parents, q);
        ++tree.asks;
        level.clear();
        for (std::size_t i = 0; i < parents.size(); ++i) {
            if (q[i].empty()) continue;
            std::vector<int> ranks;
            for (const int place : children[i]) ranks.push_back(shape.nodes()[std::size_t(place)].back());
            const int position = int(past.text.size()) + d - 1;
            const std::vector<int> nodes = branch(tree, parents[i], std::move(q[i]), ranks, growth.pick, coins, position);
            for (std::size_t c = 0; c < ranks.size(); ++c) {
                const int node = std::size_t(ranks[c]) < nodes.size() ? nodes[std::size_t(ranks[c])] : -1;
                const bool twice =
                    std::any_of(level.begin(), level.end(), [&](const auto& known) { return known.second == node; });
                if (node >= 0 && !twice) level.emplace_back(children[i][c], node);
            }
        }
    }
    return tree;
}

/// The tree of some nodes of another; parents come before children in `kept`.
DraftTree part(DraftTree& tree, std::span<const int> kept) {
    DraftTree out;
    out.asks = tree.asks;
    std::vector<int> place(tree.nodes.size(), -1);
    out.draws.resize(kept.size() + 1);
    out.q.resize(kept.size() + 1);
    out.q[0] = std::move(tree.q[0]);
    for (std::size_t i = 0; i < kept.size(); ++i) {
        const std::size_t from = std::size_t(kept[i]);
        DraftNode node = tree.nodes[from];
        if (node.parent >= 0) node.parent = place[std::size_t(node.parent)];
        node.rank = int(out.draws[std::size_t(node.parent + 1)].size());
        out.draws[std::size_t(node.parent + 1)].push_back(int(i));
        out.nodes.push_back(node);
        out.q[i + 1] = std::move(tree.q[from + 1]);
        place[from] = int(i);
    }
    return out;
}

DraftTree growDynamic(Drafter& drafter, const Past& past, const Growth& growth, const Coins& coins) {
    const Dynamic& wanted = *growth.dynamic;
    DraftTree tree;
    tree.draws.resize(1);
    tree.q.resize(1);
    std::vector<int> frontier = {-1}, ranks(std::size_t(std::max(wanted.width, 1)));
    std::iota(ranks.begin(), ranks.end(), 0);
    for (int d = 1; d <= std::min(wanted.depth, growth.deepest) && !frontier.empty(); ++d) {
        std::vector<Distribution> q(frontier.size());
        drafter.expand(tree, frontier, q);
        ++tree.asks;
        const std::size_t first = tree.nodes.size();
        for (std::size_t i = 0; i < frontier.size(); ++i)
            if (!q[i].empty()) branch(tree, frontier[i], std::move(q[i]), ranks, Pick::top, coins, int(past.text.size()) + d - 1);
        std::vector<int> level(tree.nodes.size() - first);
        std::iota(level.begin(), level.end(), int(first));
        std::stable_sort(level.begin(), level.end(),
                         [&](int a, int b) { return tree.nodes[std::size_t(a)].value > tree.nodes[std::size_t(b)].value; });
        if (level.size() > std::size_t(wanted.width)) level.resize(std::size_t(wanted.width));
        frontier = std::move(level);
    }
    return part(tree, bestConnected(tree.nodes, wanted.total));
}

} // namespace

std::vector<std::int32_t> DraftTree::path(int node) const {
    std::vector<std::int32_t> tokens;
    for (; node >= 0; node = nodes[std::size_t(node)].parent) tokens.push_back(nodes[std::size_t(node)].token);
    std::reverse(tokens.begin(), tokens.end());
    return tokens;
}

int DraftTree::depth() const {
    int deepest = 0;
    for (const DraftNode& node : nodes) deepest = std::max(deepest, node.depth);
    return deepest;
}

std::vector<int> candidates(const Distribution& q, Pick pick, int k, const Coins& coins, int position, int salt) {
    if (pick == Pick::top) return likeliest(q, k);
    std::vector<int> drawn;
    Distribution left;
    for (int i = 0; i < k; ++i) {
        const Distribution& from = pick == Pick::distinct && i > 0 ? left : q;
        const int token = draw(from, coins(Stream::draft, position, salt * coinsPerNode + i));
        drawn.push_back(token);
        if (pick == Pick::distinct) {
            if (i == 0) left = q;
            left[std::size_t(token)] = 0;
            if (!normalise(left)) break; // all of q is among the candidates
        }
    }
    return drawn;
}

std::vector<int> bestConnected(std::span<const DraftNode> nodes, int total) {
    std::vector<int> order(nodes.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        const DraftNode &x = nodes[std::size_t(a)], &y = nodes[std::size_t(b)];
        return x.value != y.value ? x.value > y.value : x.depth < y.depth;
    });
    if (order.size() > std::size_t(std::max(total, 0))) order.resize(std::size_t(std::max(total, 0)));
    std::sort(order.begin(), order.end()); // parents stand before their children
    return order;
}

void checkGrowth(const Drafter& drafter, const Growth& growth) {
    if (growth.dynamic) {
        if (growth.pick != Pick::top)
            throw Error(
                "a dynamic tree keeps the best of its candidates, so they cannot be drawn: choose the rule of likeliest "
                "candidates, coupled or greedy, or a static tree");
        return;
    }
    growth.shape.fit(drafter.deepest(), drafter.name());
}

DraftTree grow(Drafter& drafter, const Past& past, const Growth& growth, const Coins& coins) {
    checkGrowth(drafter, growth);
    drafter.begin(past);
    return growth.dynamic ? growDynamic(drafter, past, growth, coins) : growShape(drafter, past, growth, coins);
}

} // namespace orrery::language
