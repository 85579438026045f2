// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/ngram_counts.h"

#include <algorithm>

namespace orrery::language {

Row NgramCounts::size(int level) const { return Row(m_levels[level].rows() - (level < m_order - 1 ? 1 : 0)); }

std::uint64_t NgramCounts::ngrams() const {
    std::uint64_t sum = 0;
    for (int level = 0; level < m_order; ++level) sum += size(level);
    return sum;
}

std::uint64_t NgramCounts::bytes() const {
    std::uint64_t sum = sizeof *this;
    for (const PackedTable& level : m_levels) sum += level.bytes();
    for (const auto& ends : m_ends) sum += ends.size() * 32 + ends.bucket_count() * sizeof(void*);
    return sum;
}

std::uint64_t NgramCounts::followers(int level, Row row) const {
    if (children(level, row).size() == 0) return 0;
    const auto ended = m_ends[level].find(row);
    return count(level, row) - (ended == m_ends[level].end() ? 0 : ended->second);
}

Continuation NgramCounts::continuation(int level, Row row) const {
    const PackedTable& table = m_levels[level];
    const std::uint64_t once = table.get(row, onceColumn), twice = table.get(row, twiceColumn), all = children(level, row).size();
    const bool raw = level == m_order - 2 || marked(level, row);
    return {raw ? followers(level, row) : table.get(row, totalColumn), {once, twice, all - once - twice}};
}

std::vector<Token> NgramCounts::tokensOf(int level, Row row) const {
    std::vector<Token> tokens(std::size_t(level + 1));
    for (; level > 0; --level) {
        tokens[std::size_t(level)] = token(level, row);
        // the parent is the last row whose children begin at this row or before
        const PackedTable& parents = m_levels[level - 1];
        Row from = 0, to = size(level - 1);
        while (to - from > 1) {
            const Row middle = from + (to - from) / 2;
            (parents.get(middle, firstColumn) <= row ? from : to) = middle;
        }
        row = from;
    }
    tokens[0] = Token(row);
    return tokens;
}

Row NgramCounts::find(std::span<const Token> ngram) const {
    if (ngram.empty() || int(ngram.size()) > m_order || ngram[0] < 0 || ngram[0] >= m_symbols.size) return noRow;
    Row row = Row(ngram[0]);
    for (std::size_t i = 1; i < ngram.size() && row != noRow; ++i) row = child(int(i) - 1, row, ngram[i]);
    return row;
}

} // namespace orrery::language
