// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/ngram_tree.h"

#include <algorithm>

namespace orrery::language {

namespace {

struct Place { // in the trie; level -1: its root
    int level = -1;
    Row row = 0;
};

RowRange below(const NgramCounts& counts, Place place) {
    if (place.level < 0) return {0, counts.size(0)};
    return place.level + 1 < counts.order() ? counts.children(place.level, place.row) : RowRange{};
}

} // namespace

std::vector<CountNode> countTree(const NgramCounts& counts, std::span<const Token> context, std::span<const int> widths) {
    std::vector<CountNode> nodes;
    std::vector<Place> places;
    CountNode root;
    Place place;
    if (context.empty()) {
        root.count = counts.tokens();
    } else {
        const Row row = counts.find(context);
        root.token = context.back();
        if (row == noRow) return {root};
        place = {int(context.size()) - 1, row};
        root.count = counts.count(place.level, row);
    }
    nodes.push_back(root);
    places.push_back(place);
    for (std::size_t at = 0; at < nodes.size(); ++at) {
        const int level = places[at].level + 1;
        const RowRange rows = below(counts, places[at]);
        std::vector<std::pair<std::uint64_t, Row>> children;
        std::uint64_t total = 0;
        for (Row row = rows.from; row < rows.to; ++row) {
            const std::uint64_t count = counts.count(level, row);
            if (count == 0 || counts.token(level, row) == counts.symbols().begin) continue;
            children.emplace_back(count, row);
            total += count;
        }
        nodes[at].kinds = children.size();
        if (std::size_t(nodes[at].depth) >= widths.size()) continue;
        const std::size_t shown = std::min(children.size(), std::size_t(std::max(0, widths[std::size_t(nodes[at].depth)])));
        std::partial_sort(
            children.begin(), children.begin() + std::ptrdiff_t(shown), children.end(),
            [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
        for (std::size_t i = 0; i < shown; ++i) {
            const auto [count, row] = children[i];
            nodes.push_back({counts.token(level, row), nodes[at].depth + 1, int(at), count, double(count) / double(total), 0});
            places.push_back({level, row});
        }
    }
    return nodes;
}

} // namespace orrery::language
