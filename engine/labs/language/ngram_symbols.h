// SPDX-License-Identifier: GPL-3.0-or-later
// Which numbers an n-gram model is about: tokens 0 to size - 1, one of which marks the beginning of a text. That one is
// part of contexts and never predicted; all the others are, the end of a text and the unknown word among them.
#pragma once

#include <cstdint>
#include <span>

namespace orrery::language {

using Token = std::int32_t;
constexpr Token noToken = -1;
constexpr int highestOrder = 10;

struct Symbols {
    Token size = 0;
    Token begin = noToken;
    Token end = noToken;     ///< predicted like any other; noToken: texts have no end
    Token unknown = noToken; ///< stands for every word that was not counted; noToken: the vocabulary is closed

    int predicted() const { return size - 1; } ///< |V| as Kneser-Ney has it: with </s> and <unk>, without <s>
};

/// Any vocabulary of a language model: tokens 0 to count - 1, and one more number for the beginning.
constexpr Symbols symbolsOf(int count) { return {count + 1, count}; }

} // namespace orrery::language
