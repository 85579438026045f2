// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/error.h"
#include "engine/labs/language/ngram_arpa.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ostream>

namespace orrery::language {

namespace {

std::string digits(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", value);
    return text;
}

/// Walks the n-grams of one order from the trie's root down, with the state of the text before each token.
class Level {
 public:
    Level(std::ostream& out, const CountedModel& model, const std::vector<std::string>& words, int order)
        : m_out(out), m_model(model), m_words(words), m_last(order - 1) {}
    void write() {
        const NgramCounts& counts = m_model.counts();
        for (Token token = 0; token < m_model.symbols().size; ++token) visit(0, Row(token), {}, counts);
    }

 private:
    void visit(int level, Row row, NgramState before, const NgramCounts& counts) {
        const Token token = counts.token(level, row);
        m_tokens.push_back(token);
        if (level == m_last) {
            const bool begin = level == 0 && token == m_model.symbols().begin;
            NgramState state = before;
            m_out << (begin ? std::string("-99") : digits(std::log10(m_model.step(state, token)))) << '\t';
            for (std::size_t i = 0; i < m_tokens.size(); ++i) m_out << (i ? " " : "") << m_words[std::size_t(m_tokens[i])];
            if (level + 1 < m_model.order()) m_out << '\t' << digits(std::log10(m_model.gamma(level, row)));
            m_out << '\n';
        } else {
            m_model.advance(before, token);
            const RowRange rows = counts.children(level, row);
            for (Row child = rows.from; child < rows.to; ++child) visit(level + 1, child, before, counts);
        }
        m_tokens.pop_back();
    }

    std::ostream& m_out;
    const CountedModel& m_model;
    const std::vector<std::string>& m_words;
    int m_last;
    std::vector<Token> m_tokens;
};

} // namespace

std::string arpaWord(std::string_view word) {
    const bool plain = !word.empty() && std::none_of(word.begin(), word.end(), [](char c) {
        const unsigned char byte = static_cast<unsigned char>(c);
        return byte <= ' ' || byte == 0x7f;
    });
    const bool marked = word.size() == 6 && word.starts_with("<0x") && word.ends_with('>'); // "<0x20>" itself
    if (plain && !marked && (word.size() > 1 || static_cast<unsigned char>(word[0]) < 0x80)) return std::string(word);
    std::string text;
    for (const char c : word) {
        char one[8];
        std::snprintf(one, sizeof one, "<0x%02X>", static_cast<unsigned>(static_cast<unsigned char>(c)));
        text += one;
    }
    return text;
}

void writeArpa(std::ostream& out, const CountedModel& model, const Vocabulary& vocabulary) {
    if (model.options().method != Smoothing::kneserNey)
        throw Error("an ARPA file holds a back-off model; of the smoothings here Kneser-Ney is one");
    std::vector<std::string> words;
    for (Token token = 0; token < vocabulary.size(); ++token)
        words.push_back(token < Vocabulary::first ? std::string(vocabulary.text(token)) : arpaWord(vocabulary.text(token)));
    out << "\\data\\\n";
    for (int order = 1; order <= model.order(); ++order)
        out << "ngram " << order << '=' << (order == 1 ? std::uint64_t(vocabulary.size()) : model.counts().size(order - 1))
            << '\n';
    for (int order = 1; order <= model.order(); ++order) {
        out << "\n\\" << order << "-grams:\n";
        Level(out, model, words, order).write();
    }
    out << "\n\\end\\\n";
}

} // namespace orrery::language
