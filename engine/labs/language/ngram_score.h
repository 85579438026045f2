// SPDX-License-Identifier: GPL-3.0-or-later
// How plausible a text is to a model: token by token, and as perplexity 10^(-Σ log10 p / T), where T counts the end mark.
#pragma once

#include "engine/labs/language/ngram_model.h"
#include "engine/labs/language/ngram_text.h"
#include "engine/labs/language/ngram_vocabulary.h"

namespace orrery::language {

struct TokenScore {
    Token token = 0;
    std::string text{}; ///< printable
    bool known = true;  ///< in the vocabulary
    double log10 = 0;   ///< -infinity where the model excludes it
    std::vector<Rung> path{};
};

struct Perplexity {
    std::uint64_t tokens = 0, unknown = 0, impossible = 0, impossibleUnknown = 0;
    double log10 = 0, log10Unknown = 0; ///< sums; of the tokens that are possible, and of the unknown words among them

    double value() const;          ///< infinity as soon as one token is impossible
    double withoutUnknown() const; ///< of the known words and the end marks alone
    void add(double p, bool known);
};

/// One line, with the marks around it.
std::vector<TokenScore> scoreTokens(const NgramModel& model, const Vocabulary& vocabulary, Unit unit, std::string_view line);
Perplexity perplexityOf(const std::vector<TokenScore>& tokens);
/// Adds a line to `sum` without the paths.
void addLine(Perplexity& sum, const NgramModel& model, const Vocabulary& vocabulary, Unit unit, std::string_view line);

/// The tokens of a line; Vocabulary::unknown for words that are not in it.
std::vector<Token> tokensOfLine(const Vocabulary& vocabulary, Unit unit, std::string_view line);
/// Printable: blanks and control characters can be seen.
std::string tokenText(const Vocabulary& vocabulary, Token token);

} // namespace orrery::language
