// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/ngram_packed.h"

#include <bit>

namespace orrery::language {

PackedTable::PackedTable(std::uint64_t rows, std::span<const std::uint64_t> largest) : m_rows(rows) {
    for (const std::uint64_t value : largest) {
        const int width = std::bit_width(value);
        m_columns.push_back({m_rowBits, (std::uint64_t(1) << width) - 1});
        m_rowBits += std::uint64_t(width);
    }
    m_bits.resize((rows * m_rowBits + 7) / 8 + 8);
}

void PackedTable::set(std::uint64_t row, int column, std::uint64_t value) {
    const std::uint64_t bit = row * m_rowBits + m_columns[column].offset;
    std::uint64_t word;
    std::memcpy(&word, m_bits.data() + (bit >> 3), sizeof word);
    word |= value << (bit & 7);
    std::memcpy(m_bits.data() + (bit >> 3), &word, sizeof word);
}

} // namespace orrery::language
