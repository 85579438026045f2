// SPDX-License-Identifier: GPL-3.0-or-later
// How often every n-gram of orders 1 to n was seen: a trie in sorted, bit-packed rows, level k for n-grams of k + 1
// tokens, ordered by their tokens. Exact whole numbers; every smoothing is worked out from them when it is asked for.
#pragma once

#include "engine/labs/language/ngram_packed.h"
#include "engine/labs/language/ngram_symbols.h"

#include <array>
#include <unordered_map>
#include <vector>

namespace orrery::language {

using Row = std::uint32_t;
constexpr Row noRow = UINT32_MAX;

/// What follows a context, counted as Kneser-Ney counts: raw where the n-grams are of the highest order or begin with the
/// mark of the beginning, otherwise in how many different n-grams one more token stands before them.
struct Continuation {
    std::uint64_t total = 0;
    std::array<std::uint64_t, 3> kinds{}; ///< of them seen once, twice, more often
};

struct RowRange {
    Row from = 0, to = 0;
    Row size() const { return to - from; }
};

class NgramCounts {
 public:
    int order() const { return m_order; }
    const Symbols& symbols() const { return m_symbols; }
    std::uint64_t tokens() const { return m_tokens; } ///< predicted tokens of the text
    Row size(int level) const;                        ///< different n-grams of level + 1 tokens
    std::uint64_t ngrams() const;
    std::uint64_t bytes() const; ///< of memory

    /// The row of an n-gram one longer; noRow where it was never seen. Of level 0 the row is the token.
    Row child(int level, Row row, Token token) const {
        const RowRange range = children(level, row);
        const std::uint64_t found = m_levels[level + 1].find(range.from, range.to, tokenColumn, std::uint64_t(token));
        return found == range.to ? noRow : Row(found);
    }
    RowRange children(int level, Row row) const { // none at the last level
        return {Row(m_levels[level].get(row, firstColumn)), Row(m_levels[level].get(row + 1, firstColumn))};
    }
    Token token(int level, Row row) const { return level == 0 ? Token(row) : Token(m_levels[level].get(row, tokenColumn)); }
    std::uint64_t count(int level, Row row) const { return m_levels[level].get(row, countColumn); }
    /// As Continuation counts.
    std::uint64_t adjusted(int level, Row row) const {
        return level == m_order - 1 || marked(level, row) ? count(level, row) : m_levels[level].get(row, adjustedColumn);
    }
    bool marked(int level, Row row) const { return row >= m_marked[level].from && row < m_marked[level].to; } ///< begins with <s>
    std::uint64_t followers(int level, Row row) const; ///< the sum of count() over the children
    Continuation continuation(int level, Row row) const;
    const Continuation& continuation() const { return m_root; } ///< of the empty context
    /// How many n-grams of this level have the adjusted count 1, 2, 3, 4; <s> itself left out.
    const std::array<std::uint64_t, 4>& countsOfCounts(int level) const { return m_countsOfCounts[level]; }

    std::vector<Token> tokensOf(int level, Row row) const;
    Row find(std::span<const Token> ngram) const; ///< in level ngram.size() - 1; noRow

 private:
    friend class NgramPacker;
    // columns; level 0 has no tokens, the last level nothing behind the counts
    static constexpr int tokenColumn = 0, countColumn = 1, adjustedColumn = 2, firstColumn = 3, onceColumn = 4, twiceColumn = 5,
                         totalColumn = 6;

    int m_order = 0;
    Symbols m_symbols;
    std::uint64_t m_tokens = 0;
    std::vector<PackedTable> m_levels; // all but the last with one row more, where the children of the last row end
    std::vector<RowRange> m_marked;    // the rows that begin with <s>
    std::vector<std::array<std::uint64_t, 4>> m_countsOfCounts;
    Continuation m_root;
    std::vector<std::unordered_map<Row, std::uint32_t>> m_ends; // how often nothing followed, where that ever was
};

} // namespace orrery::language
