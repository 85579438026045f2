// SPDX-License-Identifier: GPL-3.0-or-later
// A text as numbers of words: what word vectors are trained on.
#pragma once

#include "engine/labs/embedding/progress.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace orrery::embedding {

struct WordHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view word) const { return std::hash<std::string_view>()(word); }
};
using WordNumbers = std::unordered_map<std::string, std::int32_t, WordHash, std::equal_to<>>;

struct Corpus {
    std::string name;
    std::vector<std::string> words;   ///< [V], most frequent first; equal counts in order of appearance
    std::vector<std::int64_t> counts; ///< [V]
    std::vector<std::int32_t> tokens; ///< the text as rows of `words`; rarer words are left out, so that windows close over them
    std::vector<std::int64_t> ends;   ///< behind the last token of each sentence; no sentence is empty
    std::int64_t read = 0;            ///< words of the text, with the rare ones
    WordNumbers numbers;
    std::vector<std::string> remarks; ///< sentences about what was odd and still readable

    std::int64_t size() const { return std::int64_t(words.size()); }
    std::int32_t find(std::string_view word) const; ///< its row, or -1
};

struct CorpusOptions {
    std::int64_t minCount = 1;        ///< words that occur less often are left out
    std::int64_t mostWords = 100'000; ///< of the vocabulary: the most frequent ones
    bool lowerCase = true;            ///< of Latin, Greek and Cyrillic letters
};

/// Words are runs of letters and digits, with apostrophes, hyphens, points and underscores inside them; each Han character is a
/// word. A line's end and . ! ? … 。 ！ ？ end a sentence; other marks are left out. What is no UTF-8 is read as Windows-1252.
/// Throws Error of one line for UTF-16, for bytes that are no text, and when fewer than two words are left.
Corpus corpusOf(std::string_view text, const std::string& name, const CorpusOptions& options, Progress& progress);
Corpus readCorpus(const std::string& path, const CorpusOptions& options, Progress& progress);

/// The words of one piece of text, in their order; `sentence` is called at each sentence's end. Exposed for tests.
struct WordScan {
    bool foreign = false;      ///< some of it was no UTF-8
    std::int64_t overlong = 0; ///< runs of more than `longest` bytes, which are no words
    static constexpr std::size_t longest = 100;

    template <class Word, class Sentence>
    void operator()(std::string_view text, bool lowerCase, const Word& word, const Sentence& sentence);

 private:
    std::string m_word;
    /// What the character at `at` is; `length`: its bytes.
    enum class Kind { letter, alone, joint, end, gap };
    static Kind kindAt(std::string_view text, std::size_t at, std::size_t& length);
    std::string_view finished(std::string_view run, bool lowerCase);
};

/// Upper case to lower case, in place; the number of bytes stays the same.
void lower(std::string& word);

template <class Word, class Sentence>
void WordScan::operator()(std::string_view text, bool lowerCase, const Word& word, const Sentence& sentence) {
    std::size_t at = 0;
    while (at < text.size()) {
        std::size_t length = 1;
        const Kind kind = kindAt(text, at, length);
        if (kind == Kind::end) sentence();
        if (kind == Kind::alone) word(finished(text.substr(at, length), lowerCase));
        if (kind != Kind::letter) {
            at += length;
            continue;
        }
        std::size_t end = at + length;
        while (end < text.size()) { // a joint belongs to the word when a letter follows it
            Kind next = kindAt(text, end, length);
            std::size_t beyond = end + length;
            if (next == Kind::joint && beyond < text.size()) next = kindAt(text, beyond, length), beyond += length;
            if (next != Kind::letter) break;
            end = beyond;
        }
        if (end - at > longest)
            ++overlong;
        else
            word(finished(text.substr(at, end - at), lowerCase));
        at = end;
    }
    sentence();
}

} // namespace orrery::embedding
