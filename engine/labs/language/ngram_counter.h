// SPDX-License-Identifier: GPL-3.0-or-later
// Counting all n-grams of orders 1 to n in one pass: of each order a hash table whose keys are (number of the n-gram
// without its last token, last token). All n look-ups of a position are known before the first is made, so they wait for
// memory together. What Kneser-Ney needs, in how many n-grams one more token stands to the left, falls out of it: a new
// n-gram adds one to its own ending.
#pragma once

#include "engine/labs/language/ngram_symbols.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace orrery::language {

class NgramCounts;

class NgramCounter {
 public:
    NgramCounter(int order, Symbols symbols); ///< order 1 to highestOrder; throws Error
    ~NgramCounter();

    void widen(Token size); ///< more tokens than it was made for
    /// A piece of a text; the marks are added by the counter where it begins and ends. Tokens are 0 to size - 1.
    void begin();
    void add(std::span<const Token> tokens);
    void end();

    std::uint64_t tokens() const { return m_tokens; } ///< predicted ones, the ends among them
    std::uint64_t bytes() const;                      ///< of memory
    /// Sorted and packed; the counter is empty afterwards.
    std::shared_ptr<const NgramCounts> finish();

 private:
    friend class NgramPacker;
    struct Slot {
        std::uint32_t parent = 0, token = 0, count = 0; // count 0: free
        std::uint32_t number = 0, left = 0;             // in order of appearance; distinct tokens seen before it
    };
    struct Table { // of one order from 2 on
        std::vector<Slot> cells;
        std::uint32_t used = 0;
        std::uint64_t mask = 0;
        std::uint64_t place(std::uint32_t parent, std::uint32_t token) const;
        void grow();
    };
    void take(Token token);

    int m_order;
    Symbols m_symbols;
    std::uint64_t m_tokens = 0;
    std::vector<std::uint32_t> m_single, m_singleLeft; // order 1, by token
    std::vector<Table> m_tables;
    std::uint32_t m_history[highestOrder];          // numbers of the n-grams that end here, by order - 1
    int m_known = 0;                                // how many of them there are
    std::vector<std::vector<std::uint32_t>> m_ends; // numbers of contexts that nothing followed, by order - 1
};

} // namespace orrery::language
