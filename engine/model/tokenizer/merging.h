// SPDX-License-Identifier: GPL-3.0-or-later
// The loop of byte-pair encoding: of all neighbours that may become one, the best pair does, the leftmost of equals, until
// none is left. With a heap, n log n for a piece of n symbols, so that a Llama-2 text, which is one piece, is no trap.
#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

namespace orrery::model {

/// Neighbours of a piece; `token` -1: these bytes have none yet.
struct Symbol {
    std::int32_t token = -1;
    std::uint32_t begin = 0, end = 0; ///< bytes of the piece
};

struct Merge {
    double rank = 0; ///< lowest first
    std::int32_t token = 0;
};

/// `mergeOf(const Symbol& left, const Symbol& right)` gives std::optional<Merge>.
template <class MergeOf>
void mergeSymbols(std::vector<Symbol>& symbols, MergeOf mergeOf) {
    struct Candidate {
        Merge merge;
        int left, right;
        std::uint32_t middle, end; // where they met and ended when they were offered: one that has grown since is another
        bool operator<(const Candidate& other) const { // the queue gives the greatest first
            return merge.rank != other.merge.rank ? merge.rank > other.merge.rank : left > other.left;
        }
    };
    const int count = int(symbols.size());
    std::vector<int> before(symbols.size()), after(symbols.size());
    std::priority_queue<Candidate> queue;
    const auto offer = [&](int left, int right) {
        if (left < 0 || right >= count) return;
        if (const std::optional<Merge> merge = mergeOf(symbols[left], symbols[right]))
            queue.push({*merge, left, right, symbols[right].begin, symbols[right].end});
    };
    for (int i = 0; i < count; ++i) before[i] = i - 1, after[i] = i + 1;
    for (int i = 0; i + 1 < count; ++i) offer(i, i + 1);
    std::vector<bool> gone(symbols.size());
    while (!queue.empty()) {
        const Candidate best = queue.top();
        queue.pop();
        if (gone[best.left] || gone[best.right]) continue;
        if (symbols[best.left].end != best.middle || symbols[best.right].end != best.end) continue;
        symbols[best.left] = {best.merge.token, symbols[best.left].begin, symbols[best.right].end};
        gone[best.right] = true;
        after[best.left] = after[best.right];
        if (after[best.left] < count) before[after[best.left]] = best.left;
        offer(before[best.left], best.left);
        offer(best.left, after[best.left]);
    }
    std::size_t kept = 0;
    for (std::size_t i = 0; i < symbols.size(); ++i)
        if (!gone[i]) symbols[kept++] = symbols[i];
    symbols.resize(kept);
}

} // namespace orrery::model
