// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/words_expression.h"

#include "engine/error.h"
#include "engine/labs/embedding/spelling.h"
#include "engine/model/bytes.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace orrery::embedding {

namespace {

constexpr std::string_view minus = "\xE2\x88\x92"; // U+2212

class Parser {
 public:
    Parser(std::string_view text, const WordIndex& words) : m_text(text), m_words(words) {}

    std::vector<Term> terms() {
        std::vector<Term> all;
        skip();
        if (m_at == m_text.size()) fail("there is no word; write one, or king - man + woman");
        while (m_at < m_text.size()) {
            const std::size_t begin = m_at;
            double sign = 1;
            const bool given = takeSign(sign, all.empty());
            if (!given && !all.empty()) m_at = begin, fail("a + or - is missing between two words");
            skip();
            if (m_at == m_text.size()) fail("nothing follows the last sign");
            Term term = oneTerm();
            term.factor *= sign;
            all.push_back(std::move(term));
            skip();
        }
        return all;
    }

 private:
    [[noreturn]] void fail(const std::string& what) const {
        throw Error("'" + model::shown(m_text) + "', place " + std::to_string(m_at + 1) + ": " + what);
    }
    static bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
    void skip() {
        while (m_at < m_text.size() && blank(m_text[m_at])) ++m_at;
    }
    std::string_view rest() const { return m_text.substr(m_at); }
    std::size_t signLength() const {
        return rest().starts_with(minus) ? minus.size() : !rest().empty() && (rest()[0] == '+' || rest()[0] == '-') ? 1 : 0;
    }

    /// Where one is expected a sign is one, though many tables hold "-" as a word; at the beginning a word may begin with it.
    bool takeSign(double& sign, bool first) {
        const std::size_t length = signLength();
        if (length == 0 || (first && untilBlank().size() > length && m_words.find(untilBlank()) >= 0)) return false;
        if (rest()[0] != '+') sign = -sign;
        m_at += length;
        return true;
    }
    std::string_view untilBlank() const {
        std::size_t end = m_at;
        while (end < m_text.size() && !blank(m_text[end])) ++end;
        return m_text.substr(m_at, end - m_at);
    }

    Term oneTerm() {
        Term term;
        double factor = 0;
        const std::string_view piece = untilBlank();
        const char* const end = m_text.data() + m_text.size();
        const auto [stop, error] = std::from_chars(piece.data(), piece.data() + piece.size(), factor);
        if (error == std::errc() && (stop == piece.data() + piece.size() || m_words.find(piece) < 0)) {
            const char* star = stop;
            while (star < end && blank(*star)) ++star;
            if (star < end && *star == '*') {
                if (!std::isfinite(factor)) fail("a factor must be a finite number");
                m_at = std::size_t(star - m_text.data()) + 1;
                skip();
                if (m_at == m_text.size()) fail("no word follows the factor");
                term.factor = factor;
            }
        }
        const std::string_view word = takeWord();
        term.row = m_words.find(word);
        if (term.row < 0) term.row = spelled(m_words.words(), word).at;
        if (term.row < 0) {
            m_at -= std::min(m_at, word.size());
            fail("'" + model::shown(word) + "' is none of the " + std::to_string(m_words.words().size()) + " words" +
                 spellingHint(m_words.words(), word));
        }
        term.word = m_words.words()[std::size_t(term.row)];
        return term;
    }

    std::string_view takeWord() {
        if (rest()[0] == '"') {
            const std::size_t close = m_text.find('"', m_at + 1);
            if (close == std::string_view::npos) fail("a quote is not closed");
            const std::string_view word = m_text.substr(m_at + 1, close - m_at - 1);
            m_at = close + 1;
            return word;
        }
        const std::string_view whole = untilBlank();
        std::size_t length = whole.size();
        if (m_words.find(whole) < 0) { // then a sign ends it: the longest part before one that is a word, else up to the first
            std::size_t first = 0;
            for (std::size_t i = 1; i < whole.size(); ++i)
                if (whole[i] == '+' || whole[i] == '-' || whole.substr(i).starts_with(minus)) {
                    if (first == 0) first = i, length = i;
                    if (m_words.find(whole.substr(0, i)) >= 0) length = i;
                }
        }
        m_at += length;
        return whole.substr(0, length);
    }

    std::string_view m_text;
    const WordIndex& m_words;
    std::size_t m_at = 0;
};

} // namespace

WordIndex::WordIndex(std::span<const std::string> words) : m_words(words) {
    m_numbers.reserve(words.size());
    for (std::size_t i = 0; i < words.size(); ++i) m_numbers.emplace(words[i], std::int32_t(i));
}

std::int64_t WordIndex::find(std::string_view word) const {
    if (const auto at = m_numbers.find(word); at != m_numbers.end()) return at->second;
    std::string small(word);
    lower(small);
    const auto at = m_numbers.find(small);
    return at != m_numbers.end() ? at->second : -1;
}

std::vector<Term> parseExpression(std::string_view text, const WordIndex& words) { return Parser(text, words).terms(); }

} // namespace orrery::embedding
