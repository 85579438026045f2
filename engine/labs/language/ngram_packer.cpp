// SPDX-License-Identifier: GPL-3.0-or-later
// From the hash tables of a counter to sorted rows, an order at a time: the n-grams of an order are grouped by the row of
// their context, which is sorted already, and each group is sorted by the last token.
#include "engine/error.h"
#include "engine/labs/language/ngram_counter.h"
#include "engine/labs/language/ngram_counts.h"

#include <algorithm>

namespace orrery::language {

class NgramPacker {
 public:
    explicit NgramPacker(NgramCounter& counter) : m_counter(counter), m_counts(std::make_shared<NgramCounts>()) {
        m_counts->m_order = counter.m_order;
        m_counts->m_symbols = counter.m_symbols;
        m_counts->m_tokens = counter.m_tokens;
        m_counts->m_ends.resize(std::size_t(counter.m_order));
        m_counts->m_countsOfCounts.resize(std::size_t(counter.m_order));
    }

    std::shared_ptr<const NgramCounts> run() {
        const Symbols& symbols = m_counter.m_symbols;
        std::vector<Entry> entries(std::size_t(symbols.size));
        std::vector<Row> rowOf(entries.size()); // by the counter's number
        for (Token token = 0; token < symbols.size; ++token) {
            entries[std::size_t(token)] = {std::uint32_t(token), m_counter.m_single[std::size_t(token)],
                                           m_counter.m_singleLeft[std::size_t(token)], 0};
            rowOf[std::size_t(token)] = Row(token);
        }
        m_counts->m_marked.push_back({Row(symbols.begin), Row(symbols.begin + 1)});
        addToRoot(entries);
        for (int level = 0; level < m_counter.m_order; ++level) {
            if (level + 1 == m_counter.m_order) {
                packLast(entries);
                break;
            }
            for (const std::uint32_t number : m_counter.m_ends[std::size_t(level)])
                ++m_counts->m_ends[std::size_t(level)][rowOf[number]];
            std::vector<Row> first;
            std::vector<Entry> longer = sorted(m_counter.m_tables[std::size_t(level)], rowOf, entries.size(), first);
            pack(level, entries, longer, first);
            entries = std::move(longer);
        }
        return m_counts;
    }

 private:
    struct Entry {
        std::uint32_t token, count, left, number;
    };
    struct Summary {
        std::uint64_t once = 0, twice = 0, total = 0;
    };

    /// The n-grams of a table in their order; first[r]: where those begin whose context is row r. rowOf becomes theirs.
    static std::vector<Entry> sorted(NgramCounter::Table& table, std::vector<Row>& rowOf, std::size_t parents,
                                     std::vector<Row>& first) {
        first.assign(parents + 1, 0);
        for (const NgramCounter::Slot& slot : table.cells)
            if (slot.count != 0) ++first[rowOf[slot.parent] + 1];
        for (std::size_t i = 0; i < parents; ++i) first[i + 1] += first[i];
        std::vector<Entry> entries(table.used);
        std::vector<Row> next(first.begin(), first.end() - 1);
        for (const NgramCounter::Slot& slot : table.cells)
            if (slot.count != 0) entries[next[rowOf[slot.parent]]++] = {slot.token, slot.count, slot.left, slot.number};
        table.cells = {};
        for (std::size_t i = 0; i < parents; ++i)
            std::sort(entries.begin() + first[i], entries.begin() + first[i + 1],
                      [](const Entry& a, const Entry& b) { return a.token < b.token; });
        rowOf.resize(entries.size());
        for (std::size_t row = 0; row < entries.size(); ++row) rowOf[entries[row].number] = Row(row);
        return entries;
    }

    std::uint64_t adjusted(int level, std::size_t row, const Entry& entry) const {
        const RowRange marked = m_counts->m_marked[std::size_t(level)];
        return level == m_counter.m_order - 1 || (row >= marked.from && row < marked.to) ? entry.count : entry.left;
    }
    void count(int level, std::uint64_t value) {
        if (value >= 1 && value <= 4) ++m_counts->m_countsOfCounts[std::size_t(level)][value - 1];
    }

    void addToRoot(const std::vector<Entry>& entries) {
        Continuation& root = m_counts->m_root;
        for (std::size_t row = 0; row < entries.size(); ++row) {
            if (Token(row) == m_counter.m_symbols.begin) continue;
            const std::uint64_t value = adjusted(0, row, entries[row]);
            count(0, value);
            root.total += value;
            if (value > 0) ++root.kinds[std::min<std::uint64_t>(value, 3) - 1];
        }
    }

    /// A level and what it has to know of the next one.
    void pack(int level, const std::vector<Entry>& entries, const std::vector<Entry>& longer, const std::vector<Row>& first) {
        const RowRange marked = m_counts->m_marked[std::size_t(level)];
        m_counts->m_marked.push_back({first[marked.from], first[marked.to]});
        std::vector<Summary> summaries(entries.size());
        std::uint64_t largest[7] = {level == 0 ? 0u : std::uint64_t(m_counter.m_symbols.size - 1), 0, 0, longer.size(), 0, 0, 0};
        const auto atMost = [&](int column, std::uint64_t value) { largest[column] = std::max(largest[column], value); };
        const bool raw = level == m_counter.m_order - 2;
        for (std::size_t row = 0; row < entries.size(); ++row) {
            Summary& summary = summaries[row];
            for (Row child = first[row]; child < first[row + 1]; ++child) {
                const std::uint64_t value = adjusted(level + 1, child, longer[child]);
                count(level + 1, value);
                summary.once += value == 1;
                summary.twice += value == 2;
                summary.total += raw ? 0 : value;
            }
            if (row >= marked.from && row < marked.to) summary.total = 0; // all of them raw: followers() knows it
            atMost(1, entries[row].count), atMost(2, entries[row].left);
            atMost(4, summary.once), atMost(5, summary.twice), atMost(6, summary.total);
        }
        PackedTable table(entries.size() + 1, largest);
        for (std::size_t row = 0; row < entries.size(); ++row) {
            const Entry& entry = entries[row];
            if (level > 0) table.set(row, NgramCounts::tokenColumn, entry.token);
            table.set(row, NgramCounts::countColumn, entry.count);
            table.set(row, NgramCounts::adjustedColumn, entry.left);
            table.set(row, NgramCounts::firstColumn, first[row]);
            table.set(row, NgramCounts::onceColumn, summaries[row].once);
            table.set(row, NgramCounts::twiceColumn, summaries[row].twice);
            table.set(row, NgramCounts::totalColumn, summaries[row].total);
        }
        table.set(entries.size(), NgramCounts::firstColumn, longer.size());
        m_counts->m_levels.push_back(std::move(table));
    }

    void packLast(const std::vector<Entry>& entries) {
        const bool single = m_counter.m_order == 1;
        std::uint64_t largest[2] = {single ? 0u : std::uint64_t(m_counter.m_symbols.size - 1), 0};
        for (const Entry& entry : entries) largest[1] = std::max<std::uint64_t>(largest[1], entry.count);
        PackedTable table(entries.size(), largest);
        for (std::size_t row = 0; row < entries.size(); ++row) {
            if (!single) table.set(row, NgramCounts::tokenColumn, entries[row].token);
            table.set(row, NgramCounts::countColumn, entries[row].count);
        }
        m_counts->m_levels.push_back(std::move(table));
    }

    NgramCounter& m_counter;
    std::shared_ptr<NgramCounts> m_counts;
};

std::shared_ptr<const NgramCounts> NgramCounter::finish() {
    if (m_known > 0) end();
    auto counts = NgramPacker(*this).run();
    *this = NgramCounter(m_order, m_symbols);
    return counts;
}

} // namespace orrery::language
