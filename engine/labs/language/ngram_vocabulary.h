// SPDX-License-Identifier: GPL-3.0-or-later
// The words of an n-gram model and their numbers, in the order of their coming. Three are always there: <unk>, <s>, </s>.
#pragma once

#include "engine/labs/language/ngram_symbols.h"

#include <string>
#include <string_view>
#include <vector>

namespace orrery::language {

class Vocabulary {
 public:
    static constexpr Token unknown = 0, begin = 1, end = 2, first = 3;

    Vocabulary();
    Token size() const { return Token(m_words.size()); }
    Symbols symbols() const { return {size(), begin, end, unknown}; }
    Token add(std::string_view word);        ///< its number, a new one if need be
    Token find(std::string_view word) const; ///< noToken
    std::string_view text(Token token) const {
        return std::string_view(m_text).substr(m_words[std::size_t(token)].at, m_words[std::size_t(token)].length);
    }
    std::uint64_t bytes() const; ///< of memory

 private:
    struct Word {
        std::uint64_t at;
        std::uint32_t length, hash;
    };
    std::uint64_t place(std::string_view word, std::uint32_t hash) const;

    std::string m_text;
    std::vector<Word> m_words;
    std::vector<Token> m_table; // noToken: free
};

} // namespace orrery::language
