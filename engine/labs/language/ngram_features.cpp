// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/ngram_features.h"

#include <algorithm>

namespace orrery::language {

KeyGrams::KeyGrams(const NgramCounts& counts, int order, std::uint64_t threshold, std::size_t most)
    : m_counts(&counts), m_level(order - 1) {
    std::vector<std::pair<std::uint64_t, Row>> found;
    for (Row row = 0; row < counts.size(m_level); ++row) {
        const std::uint64_t count = counts.count(m_level, row);
        if (count == 0 || count < threshold || counts.marked(m_level, row) || counts.token(m_level, row) == counts.symbols().end)
            continue;
        found.emplace_back(count, row);
    }
    m_above = found.size();
    const auto first = [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; };
    const std::size_t kept = std::min(most, found.size());
    std::partial_sort(found.begin(), found.begin() + std::ptrdiff_t(kept), found.end(), first);
    for (std::size_t i = 0; i < kept; ++i) {
        m_dimension.emplace(found[i].second, std::uint32_t(i));
        m_rows.push_back(found[i].second);
    }
}

std::size_t KeyGrams::addTo(std::span<float> out, std::span<const Token> line) const {
    std::size_t hits = 0;
    const std::size_t width = std::size_t(order());
    for (std::size_t at = 0; at + width <= line.size(); ++at) {
        const Row row = m_counts->find(line.subspan(at, width));
        const auto found = row == noRow ? m_dimension.end() : m_dimension.find(row);
        if (found == m_dimension.end()) continue;
        out[found->second] += 1;
        ++hits;
    }
    return hits;
}

} // namespace orrery::language
