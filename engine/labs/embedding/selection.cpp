// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/selection.h"

#include "engine/error.h"
#include "engine/fnv.h"

#include <algorithm>
#include <cstring>

namespace orrery::embedding {

namespace {

/// A text and where it ends.
void add(Fnv<std::uint32_t>& print, std::string_view text) { print.text(text), print.unit(0); }

} // namespace

std::uint32_t printOf(const Table& table) {
    Fnv<std::uint32_t> print;
    print.number(std::uint64_t(table.rows()));
    bool named = !table.tokens.empty();
    for (const std::string& token : table.tokens) add(print, token);
    if (!named)
        for (const Column& column : table.columns) {
            if (!column.categorical()) continue;
            named = true;
            for (const std::string& category : column.categories) add(print, category);
            for (const float value : column.values) print.number(std::uint64_t(value));
        }
    if (named) return print.value();
    const std::int64_t every = std::max<std::int64_t>(1, table.rows() / 1000);
    for (std::int64_t row = 0; row < table.rows(); row += every)
        for (std::int64_t d = 0; d < std::min<std::int64_t>(table.dims(), 8); ++d) {
            std::uint32_t bits = 0;
            std::memcpy(&bits, &table.values.row(row)[std::size_t(d)], sizeof bits);
            print.number(std::uint64_t(bits));
        }
    return print.value();
}

std::string misfit(const Selection& s, const Table& table) {
    const std::string there = "; this one has " + std::to_string(table.rows()) + ": nothing is selected";
    if (s.rows.empty()) return {};
    if (s.of != 0 && s.of != table.rows())
        return "The selection was made of a table of " + std::to_string(s.of) + " rows" + there;
    if (s.rows.back() >= table.rows())
        return "The selection names row " + std::to_string(s.rows.back()) + "; this table has " + std::to_string(table.rows()) +
               ", numbered from 0: nothing is selected";
    if (s.of != 0 && s.table != printOf(table))
        return "The selection was made of another table with as many rows: nothing is selected";
    return {};
}

std::vector<std::int64_t> combined(std::span<const std::int64_t> before, std::span<const std::int64_t> rows, Combine how) {
    std::vector<std::int64_t> result;
    const auto out = std::back_inserter(result);
    switch (how) {
        case Combine::replace:
            result.assign(rows.begin(), rows.end());
            break;
        case Combine::add:
            std::set_union(before.begin(), before.end(), rows.begin(), rows.end(), out);
            break;
        case Combine::remove:
            std::set_difference(before.begin(), before.end(), rows.begin(), rows.end(), out);
            break;
        case Combine::common:
            std::set_intersection(before.begin(), before.end(), rows.begin(), rows.end(), out);
            break;
    }
    return result;
}

std::vector<std::int64_t> inverted(std::span<const std::int64_t> rows, std::int64_t of) {
    std::vector<std::int64_t> result;
    auto next = rows.begin();
    for (std::int64_t row = 0; row < of; ++row) {
        while (next != rows.end() && *next < row) ++next;
        if (next == rows.end() || *next != row) result.push_back(row);
    }
    return result;
}

void Picked::set(const std::string& text, Selection wanted) { m_text = text, m_wanted = std::move(wanted), m_stale = true; }

void Picked::follow(const Table* table, std::shared_ptr<const void> identity) {
    if (!m_stale && identity == m_identity) return;
    m_identity = std::move(identity), m_stale = false;
    fit(table);
}

void Picked::fit(const Table* table) {
    m_rows.clear(), m_problem.clear();
    if (!table) return;
    m_problem = misfit(m_wanted, *table);
    if (m_problem.empty()) m_rows = m_wanted.rows;
}

} // namespace orrery::embedding
