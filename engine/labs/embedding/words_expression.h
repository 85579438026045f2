// SPDX-License-Identifier: GPL-3.0-or-later
// "king - man + woman": sums of words.
#pragma once

#include "engine/labs/embedding/words_corpus.h"

namespace orrery::embedding {

struct Term {
    std::int64_t row = 0;
    double factor = 1; ///< negative of words that are taken away
    std::string word;
};

/// Words by name, for loaded tables as well as for trained ones. Of words that occur twice the first is meant.
class WordIndex {
 public:
    explicit WordIndex(std::span<const std::string> words);
    std::int64_t find(std::string_view word) const; ///< as written, else in lower case, else -1
    std::span<const std::string> words() const { return m_words; }

 private:
    std::span<const std::string> m_words;
    WordNumbers m_numbers;
};

/// Terms joined by + and - (or U+2212), each a word or FACTOR * word. A word that itself holds such a sign ("well-known", "c++") is
/// found first where it stands between blanks; a sign binds to the word after it. Words in "quotes" may hold blanks.
/// Words are found as spelled() does. Throws Error with the place: no word, a sign too many, a word that is not there and those
/// that are spelt like it.
std::vector<Term> parseExpression(std::string_view text, const WordIndex& words);

} // namespace orrery::embedding
