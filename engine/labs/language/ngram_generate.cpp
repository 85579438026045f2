// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/ngram_generate.h"

#include "engine/philox.h"

#include <algorithm>
#include <cmath>

namespace orrery::language {

namespace {

constexpr std::uint32_t drawStream = 0x6e67; // "ng"

Token draw(std::span<double> p, double temperature, double u) {
    const std::size_t best = std::size_t(std::max_element(p.begin(), p.end()) - p.begin());
    if (temperature <= 0) return Token(best);
    double sum = 0;
    const double top = p[best];
    for (double& value : p) sum += value = value > 0 ? std::pow(value / top, 1 / temperature) : 0;
    double left = u * sum;
    Token last = Token(best);
    for (std::size_t token = 0; token < p.size(); ++token) {
        if (p[token] <= 0) continue;
        last = Token(token);
        if ((left -= p[token]) < 0) break;
    }
    return last;
}

} // namespace

std::vector<Token> drawText(const NgramModel& model, NgramState state, const DrawOptions& options) {
    std::vector<Token> tokens;
    std::vector<double> p(std::size_t(model.symbols().size));
    for (int i = 0; i < options.most; ++i) {
        model.distribution(state, p);
        if (*std::max_element(p.begin(), p.end()) <= 0) break; // a file's model may give nothing at all
        const Token token = draw(p, options.temperature, unitOpen(philox(options.seed, 0, std::uint32_t(i), drawStream)[0]));
        tokens.push_back(token);
        if (token == model.symbols().end) break;
        model.advance(state, token);
    }
    return tokens;
}

std::vector<Candidate> likeliest(std::span<const double> distribution, std::size_t most) {
    std::vector<Candidate> all;
    for (std::size_t token = 0; token < distribution.size(); ++token)
        if (distribution[token] > 0) all.push_back({Token(token), distribution[token]});
    const std::size_t kept = std::min(most, all.size());
    std::partial_sort(all.begin(), all.begin() + std::ptrdiff_t(kept), all.end(),
                      [](const Candidate& a, const Candidate& b) { return a.p != b.p ? a.p > b.p : a.token < b.token; });
    all.resize(kept);
    return all;
}

std::string joined(const Vocabulary& vocabulary, Unit unit, std::span<const Token> tokens) {
    std::string text;
    for (const Token token : tokens) {
        if (token == Vocabulary::begin || token == Vocabulary::end) continue;
        if (unit == Unit::word && !text.empty()) text += ' ';
        text += vocabulary.text(token);
    }
    return text;
}

} // namespace orrery::language
