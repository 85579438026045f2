// SPDX-License-Identifier: GPL-3.0-or-later
// Text as a vector of key grams: a window of n bytes (characters, words) slides over it, the n-grams that were seen at
// least `threshold` times in the counted text are the dimensions, and how often each is in a line is its coordinate.
#pragma once

#include "engine/labs/language/ngram_counts.h"

#include <span>
#include <unordered_map>
#include <vector>

namespace orrery::language {

class KeyGrams {
 public:
    /// The most frequent first, of equals in the order of the trie; at most `most`. Marks are no part of them.
    KeyGrams(const NgramCounts& counts, int order, std::uint64_t threshold, std::size_t most);

    int order() const { return m_level + 1; }
    std::size_t dimensions() const { return m_rows.size(); }
    std::uint64_t above() const { return m_above; } ///< n-grams that reach the threshold, whether `most` leaves them or not
    Row row(std::size_t dimension) const { return m_rows[dimension]; }
    std::uint64_t count(std::size_t dimension) const { return m_counts->count(m_level, m_rows[dimension]); }
    std::vector<Token> tokens(std::size_t dimension) const { return m_counts->tokensOf(m_level, m_rows[dimension]); }

    /// Adds one for every window of `line`; `out` has dimensions() numbers. Gives the number of windows that are key grams.
    std::size_t addTo(std::span<float> out, std::span<const Token> line) const;

 private:
    const NgramCounts* m_counts;
    int m_level;
    std::vector<Row> m_rows;
    std::unordered_map<Row, std::uint32_t> m_dimension;
    std::uint64_t m_above = 0;
};

} // namespace orrery::language
