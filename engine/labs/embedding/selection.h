// SPDX-License-Identifier: GPL-3.0-or-later
// Rows that were picked out, as one line of text, so that a setting holds them: undo, scenarios and the command line come with it.
//   3, 7-12                                  as a person types it
//   7 of 120 #9f3a01bc: 3, 7-12              as a lasso writes it: how many, of how many rows, which table's
//   5210 of 10000 #9f3a01bc: ~rAQIDBA        many: lengths of gaps and runs in turn, or a bit for each row (~b), in base64
#pragma once

#include "engine/labs/embedding/table.h"

namespace orrery::embedding {

struct Selection {
    static constexpr std::size_t longestText = 2U << 20; ///< bytes: a bit for each of ten million rows, in base64
    static constexpr std::int64_t mostRows = 10'000'000;

    std::vector<std::int64_t> rows; ///< rising
    std::int64_t of = 0;            ///< rows of the table it was made of; 0: it does not say
    std::uint32_t table = 0;        ///< printOf() that table
    bool operator==(const Selection&) const = default;
};

/// Throws Error, one line with the place: no row, a range that ends before it begins, more rows than it says, bytes cut off.
Selection readSelection(const std::string& text);
/// Rising rows of that table as text; "" of none. Never more than 60 bytes and a sixth of a byte for each row of the table, however
/// the rows are scattered.
std::string selectionText(std::span<const std::int64_t> rows, const Table& table);

/// The same for tables with the same rows in the same order: of their names, else of their categories, else of some numbers. So
/// vectors that learn on stay the same table.
std::uint32_t printOf(const Table& table);
/// Why these rows cannot be picked out of that table, in a line; empty: they can.
std::string misfit(const Selection& selection, const Table& table);

/// How an outline and what is selected already come together; both rising.
enum class Combine { replace, add, remove, common };
std::vector<std::int64_t> combined(std::span<const std::int64_t> before, std::span<const std::int64_t> rows, Combine how);
std::vector<std::int64_t> inverted(std::span<const std::int64_t> rows, std::int64_t of);

/// The selection that a setting asks for, of the table that is there.
class Picked {
 public:
    /// Nothing is changed when it throws.
    void set(const std::string& text);
    /// `identity`: other rows have another one; held, so that no other comes to its place.
    void follow(const Table* table, std::shared_ptr<const void> identity);
    const std::vector<std::int64_t>& rows() const { return m_rows; } ///< none while they do not fit the table
    const std::string& problem() const { return m_problem; }         ///< why they do not, in a line
    std::size_t wanted() const { return m_wanted.rows.size(); }

 private:
    void fit(const Table* table);
    std::string m_text;
    Selection m_wanted;
    std::vector<std::int64_t> m_rows;
    std::string m_problem;
    std::shared_ptr<const void> m_identity;
    bool m_stale = false;
};

} // namespace orrery::embedding
