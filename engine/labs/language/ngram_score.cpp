// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/ngram_score.h"

#include <cmath>
#include <limits>

namespace orrery::language {

namespace {

template <class OnToken>
void readLine(const Vocabulary& vocabulary, Unit unit, std::string_view line, OnToken onToken) {
    TextReader reader(line, unit);
    reader.read(
        line.size(),
        [&](std::string_view text) {
            const Token token = vocabulary.find(text);
            onToken(token < Vocabulary::first ? Vocabulary::unknown : token, text);
        },
        [](std::uint64_t, std::uint64_t) {});
}

} // namespace

void Perplexity::add(double p, bool known) {
    ++tokens;
    unknown += !known;
    if (!(p > 0)) {
        ++impossible;
        impossibleUnknown += !known;
        return;
    }
    log10 += std::log10(p);
    if (!known) log10Unknown += std::log10(p);
}

double Perplexity::value() const {
    if (impossible > 0) return std::numeric_limits<double>::infinity();
    return tokens == 0 ? 1 : std::pow(10.0, -log10 / double(tokens));
}

double Perplexity::withoutUnknown() const {
    // an impossible unknown word was in no sum; an impossible known one makes all of it impossible
    if (impossible > impossibleUnknown) return std::numeric_limits<double>::infinity();
    return tokens == unknown ? 1 : std::pow(10.0, -(log10 - log10Unknown) / double(tokens - unknown));
}

std::string tokenText(const Vocabulary& vocabulary, Token token) { return model::visible(vocabulary.text(token)); }

std::vector<Token> tokensOfLine(const Vocabulary& vocabulary, Unit unit, std::string_view line) {
    std::vector<Token> tokens;
    readLine(vocabulary, unit, line, [&](Token token, std::string_view) { tokens.push_back(token); });
    return tokens;
}

std::vector<TokenScore> scoreTokens(const NgramModel& model, const Vocabulary& vocabulary, Unit unit, std::string_view line) {
    std::vector<TokenScore> scores;
    NgramState state = model.start();
    const auto add = [&](Token token, std::string text) {
        TokenScore score{token, std::move(text), token != Vocabulary::unknown};
        const double p = model.step(state, token, &score.path);
        score.log10 = p > 0 ? std::log10(p) : -std::numeric_limits<double>::infinity();
        scores.push_back(std::move(score));
    };
    readLine(vocabulary, unit, line, [&](Token token, std::string_view text) { add(token, model::visible(text)); });
    add(Vocabulary::end, "</s>");
    return scores;
}

Perplexity perplexityOf(const std::vector<TokenScore>& tokens) {
    Perplexity sum;
    for (const TokenScore& score : tokens) sum.add(std::pow(10.0, score.log10), score.known);
    return sum;
}

void addLine(Perplexity& sum, const NgramModel& model, const Vocabulary& vocabulary, Unit unit, std::string_view line) {
    NgramState state = model.start();
    readLine(vocabulary, unit, line,
             [&](Token token, std::string_view) { sum.add(model.step(state, token), token != Vocabulary::unknown); });
    sum.add(model.step(state, Vocabulary::end), true);
}

} // namespace orrery::language
