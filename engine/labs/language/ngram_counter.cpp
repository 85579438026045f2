// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/ngram_counter.h"

#include "engine/error.h"

#include <algorithm>
#include <string>

namespace orrery::language {

namespace {

std::uint64_t mixed(std::uint32_t parent, std::uint32_t token) {
    std::uint64_t key = std::uint64_t(parent) << 32 | token; // the finaliser of MurmurHash3
    key ^= key >> 33;
    key *= 0xff51afd7ed558ccdull;
    key ^= key >> 29;
    return key;
}

void prefetch([[maybe_unused]] const void* address) {
#if defined(__GNUC__) || defined(__clang__)
    __builtin_prefetch(address, 1);
#endif
}

} // namespace

/// Where the key is, or the free slot where it belongs.
std::uint64_t NgramCounter::Table::place(std::uint32_t parent, std::uint32_t token) const {
    std::uint64_t at = mixed(parent, token) & mask;
    while (cells[at].count != 0 && (cells[at].parent != parent || cells[at].token != token)) at = (at + 1) & mask;
    return at;
}

void NgramCounter::Table::grow() {
    std::vector<Slot> old(cells.size() * 2);
    old.swap(cells);
    mask = cells.size() - 1;
    for (const Slot& slot : old)
        if (slot.count != 0) cells[place(slot.parent, slot.token)] = slot;
}

NgramCounter::NgramCounter(int order, Symbols symbols) : m_order(order), m_symbols(symbols) {
    if (order < 1 || order > highestOrder)
        throw Error("n-grams of order " + std::to_string(order) + " are not counted; orders 1 to " +
                    std::to_string(highestOrder) + " are");
    m_single.resize(std::size_t(symbols.size));
    m_singleLeft.resize(std::size_t(symbols.size));
    m_tables.resize(std::size_t(order - 1));
    for (Table& table : m_tables) {
        table.cells.resize(1 << 10);
        table.mask = table.cells.size() - 1;
    }
    m_ends.resize(std::size_t(order));
}
NgramCounter::~NgramCounter() = default;

void NgramCounter::widen(Token size) {
    m_symbols.size = std::max(size, m_symbols.size);
    m_single.resize(std::size_t(m_symbols.size));
    m_singleLeft.resize(std::size_t(m_symbols.size));
}

void NgramCounter::begin() {
    m_known = 0;
    take(m_symbols.begin);
}

void NgramCounter::add(std::span<const Token> tokens) {
    for (const Token token : tokens) {
        if (token < 0 || token >= m_symbols.size || token == m_symbols.begin)
            throw Error("token " + std::to_string(token) + " cannot be counted; tokens go from 0 to " +
                        std::to_string(m_symbols.size - 1));
        take(token);
    }
    m_tokens += tokens.size();
}

void NgramCounter::end() {
    if (m_symbols.end != noToken) {
        take(m_symbols.end);
        ++m_tokens;
    } else {
        for (int k = 1; k < m_order && k <= m_known; ++k) m_ends[std::size_t(k - 1)].push_back(m_history[k - 1]);
    }
    m_known = 0;
}

void NgramCounter::take(Token token) {
    const std::uint32_t word = std::uint32_t(token);
    const int longest = std::min(m_known + 1, m_order);
    for (int k = 2; k <= longest; ++k) {
        const Table& table = m_tables[std::size_t(k - 2)];
        prefetch(&table.cells[mixed(m_history[k - 2], word) & table.mask]);
    }
    std::uint32_t parent = m_history[0];
    m_history[0] = word;
    ++m_single[word];
    std::uint32_t* left = &m_singleLeft[word];
    for (int k = 2; k <= longest; ++k) {
        Table& table = m_tables[std::size_t(k - 2)];
        std::uint64_t at = table.place(parent, word);
        if (table.cells[at].count == 0) {
            if (table.used >= table.cells.size() / 4 * 3) {
                if (table.cells.size() >= std::uint64_t(1) << 32) throw Error("more different n-grams than can be numbered");
                table.grow();
                at = table.place(parent, word);
            }
            table.cells[at] = {parent, word, 0, table.used++, 0};
            ++*left;
        }
        Slot& slot = table.cells[at];
        ++slot.count;
        left = &slot.left;
        parent = m_history[k - 1];
        m_history[k - 1] = slot.number;
    }
    m_known = std::min(m_known + 1, m_order);
}

std::uint64_t NgramCounter::bytes() const {
    std::uint64_t sum = m_single.size() * 8;
    for (const Table& table : m_tables) sum += table.cells.size() * sizeof(Slot);
    return sum;
}

} // namespace orrery::language
