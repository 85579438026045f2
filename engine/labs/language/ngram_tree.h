// SPDX-License-Identifier: GPL-3.0-or-later
// A part of the count trie to be drawn: below a context the tokens that followed most often, below each of these again.
#pragma once

#include "engine/labs/language/ngram_counts.h"

#include <span>
#include <vector>

namespace orrery::language {

struct CountNode {
    Token token = 0;
    int depth = 0;   ///< 0: the context itself
    int parent = -1; ///< in the list
    std::uint64_t count = 0;
    double share = 1;        ///< of what followed the parent
    std::uint64_t kinds = 0; ///< different tokens that followed this one, shown or not
    bool operator==(const CountNode&) const = default;
};

/// Parents before their children. `widths`: how many children are shown at depth 1, 2 ...; no deeper than the counts go.
/// Of equal counts the lower token first. The root stands for `context`; it alone, with count 0, where that was never seen.
std::vector<CountNode> countTree(const NgramCounts& counts, std::span<const Token> context, std::span<const int> widths);

} // namespace orrery::language
