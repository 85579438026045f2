// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of whole numbers in as few bits as the largest of each column needs, one row beside the next, so that a look-up
// touches one cache line.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace orrery::language {

class PackedTable {
 public:
    PackedTable() = default;
    /// `largest`: of each column, below 2^57.
    PackedTable(std::uint64_t rows, std::span<const std::uint64_t> largest);

    std::uint64_t rows() const { return m_rows; }
    std::uint64_t bytes() const { return m_bits.size(); }

    std::uint64_t get(std::uint64_t row, int column) const {
        const std::uint64_t bit = row * m_rowBits + m_columns[column].offset;
        std::uint64_t word;
        std::memcpy(&word, m_bits.data() + (bit >> 3), sizeof word); // little-endian, as the bits are set
        return word >> (bit & 7) & m_columns[column].mask;
    }
    /// Once for each cell: it starts as 0.
    void set(std::uint64_t row, int column, std::uint64_t value);

    /// The row of `value` in the ascending cells [from, to) of a column; `to` where it is not.
    std::uint64_t find(std::uint64_t from, std::uint64_t to, int column, std::uint64_t value) const {
        const std::uint64_t end = to;
        while (from < to) {
            const std::uint64_t middle = from + (to - from) / 2;
            if (get(middle, column) < value)
                from = middle + 1;
            else
                to = middle;
        }
        return from < end && get(from, column) == value ? from : end;
    }

 private:
    struct Column {
        std::uint64_t offset, mask;
    };
    std::uint64_t m_rows = 0, m_rowBits = 0;
    std::vector<Column> m_columns;
    std::vector<std::uint8_t> m_bits; // with eight bytes to spare, for whole words are read
};

} // namespace orrery::language
