// SPDX-License-Identifier: GPL-3.0-or-later
// What an n-gram model answers, whether it was counted here (ngram_smoothing.h) or read from an ARPA file (ngram_arpa.h):
// the probability of a token after a context, along which shorter contexts it came about, and the whole distribution.
#pragma once

#include "engine/labs/language/ngram_counts.h"

#include <array>
#include <span>
#include <vector>

namespace orrery::language {

/// Where a text stands in the trie: the rows of its last 0, 1, 2 ... tokens, as far as the model looks back. Row 0 of
/// length 0 is the empty context; noRow: that context was never seen.
struct NgramState {
    int length = 0;
    std::array<Row, highestOrder> row{};
};

/// A context on the way of a probability, the longest first.
struct Rung {
    int length = 0;          ///< tokens of the context
    bool seen = false;       ///< the context
    bool found = false;      ///< the token after it
    std::uint64_t count = 0; ///< of the token after it; 0 where the model has no counts
    std::uint64_t total = 0; ///< of all tokens after it
    double own = 0;          ///< what this context itself gives to the token
    double passed = 1;       ///< the factor with which the next shorter context enters
    double probability = 0;  ///< own + passed · (that of the shorter context)
    bool operator==(const Rung&) const = default;
};

class NgramModel {
 public:
    virtual ~NgramModel() = default;
    virtual int order() const = 0;
    virtual const Symbols& symbols() const = 0;

    virtual NgramState start() const = 0;   ///< at the beginning of a text
    NgramState empty() const { return {}; } ///< in the middle of nowhere
    /// P(token | state) in (0, 1], or 0 where the model excludes it; the state moves on. `path`, if given, is filled.
    virtual double step(NgramState& state, Token token, std::vector<Rung>* path = nullptr) const = 0;
    /// P of every token 0 to size - 1 after the state; that of the begin mark is 0. They sum to 1.
    virtual void distribution(const NgramState& state, std::span<double> out) const = 0;

    /// The state after these tokens; a begin mark may be the first of them.
    NgramState after(std::span<const Token> context) const {
        NgramState state;
        for (const Token token : context) advance(state, token);
        return state;
    }
    virtual void advance(NgramState& state, Token token) const = 0;
    std::vector<double> distribution(std::span<const Token> context) const {
        std::vector<double> out(std::size_t(symbols().size));
        distribution(after(context), out);
        return out;
    }
};

} // namespace orrery::language
