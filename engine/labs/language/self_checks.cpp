// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/self_checks.h"

#include "engine/labs/language/law.h"

#include <algorithm>
#include <cmath>

namespace orrery::language {

namespace {

using Verdict = lab::Check::Verdict;

lab::Check plainText(const Decoding& decoding) {
    const Decoding::Compared& c = decoding.compared();
    return {.key = "plain",
            .label = "tokens as plain decoding writes them",
            .measured = double(c.same),
            .expected = double(c.tokens),
            .tolerance = 0,
            .verdict = c.tokens == 0        ? Verdict::pending
                       : c.same == c.tokens ? Verdict::matches
                                            : Verdict::disagrees,
            .unit = "",
            .because =
                "Another copy of the model writes each token anew, one at a time, with the same coins; under the coupled rule, "
                "and greedy, the text must be the same."};
}

lab::Check keptCandidates(const Expected& e) {
    const double tolerance = fiveSigmaOfCoins(e.variance), off = std::abs(double(e.measured) - e.kept);
    return {.key = "kept",
            .label = "candidates kept",
            .measured = double(e.measured),
            .expected = e.kept,
            .tolerance = tolerance,
            .verdict = e.tried == 0       ? Verdict::pending
                       : off <= tolerance ? Verdict::matches
                                          : Verdict::disagrees,
            .unit = "",
            .because =
                "Each candidate stays with a probability that is known: the count lies within Bernstein's bound, five standard "
                "deviations for many coins."};
}

lab::Check lawHere(const Round& round, double error) {
    constexpr double bound = 1e-12; // sums of some thousand products, each right to 2^-53
    const bool lossless = text(round.rule).lossless;
    return {.key = "law",
            .label = "law of the token that leaves the node",
            .measured = error,
            .expected = 0,
            .tolerance = bound,
            .verdict = error <= bound ? Verdict::matches : Verdict::disagrees,
            .unit = "",
            .because = lossless ? "Every draw and every coin counted at the node that is looked at, on the likeliest tokens: the "
                                  "law is the target's."
                                : "Every draw and every coin counted: this rule writes another law than the target's."};
}

lab::Check typicalCost(const Tally& tally) {
    const double cost = tally.tokens > 0 ? tally.divergence / double(tally.tokens) : 0;
    return {.key = "typical",
            .label = "KL paid for each token",
            .measured = cost,
            .expected = 0,
            .tolerance = 0,
            .verdict = cost == 0 ? Verdict::matches : Verdict::explained,
            .unit = "nats",
            .because = "Typical acceptance keeps what is likely enough without a coin: the text is no longer the target's."};
}

} // namespace

Expected expectedKept(std::span<const Round> rounds) {
    Expected e;
    for (const Round& round : rounds) {
        if (round.rule == Rule::greedy || round.rule == Rule::typical || round.sampling.temperature <= 0) continue;
        double left = 1; // of coupled: what the target's token can still be
        int parent = -2;
        for (const Step& step : round.steps) {
            const Decision& d = step.decision;
            if (d.parent != parent) left = 1, parent = d.parent;
            double odds = d.acceptance;
            if (round.rule == Rule::coupled) {
                odds = left > 0 ? std::min(1.0, d.p / left) : 0;
                left -= d.p;
            }
            e.kept += odds;
            e.variance += odds * (1 - odds);
            e.measured += d.accepted;
            ++e.tried;
        }
    }
    return e;
}

double fiveSigmaOfCoins(double variance) {
    const double l = std::log(2 / 6e-7);
    return l / 3 + std::sqrt(l * l / 9 + 2 * l * variance);
}

std::optional<double> lawErrorAt(const Round& round, const Visit& visit, int narrow) {
    const std::vector<int>& draws = round.draws[std::size_t(visit.node + 1)];
    if (draws.empty() || visit.logits.empty() || visit.q.empty() || round.rule == Rule::typical) return {};
    if (round.rule == Rule::greedy || round.sampling.temperature <= 0) return {};
    Sampling narrower = round.sampling;
    narrower.topK = narrower.topK > 0 ? std::min(narrower.topK, narrow) : narrow;
    const Distribution p = distribution(visit.logits, narrower);
    const Distribution q = reshape({visit.q.begin(), visit.q.end()}, {.topK = narrow});
    const Supported both = supported(p, q);
    const Law law = lawOf(round.rule, text(round.rule).pick, both.p, both.q, std::min(int(draws.size()), 3));
    double most = 0;
    for (std::size_t i = 0; i < both.p.size(); ++i) most = std::max(most, std::abs(law.token[i] - both.p[i]));
    return most;
}

std::vector<lab::Check> selfChecks(const LanguageLab& lab) {
    const Decoding* decoding = lab.decoding();
    if (!decoding) return {};
    std::vector<lab::Check> checks;
    const std::span<const Round> rounds = std::span(decoding->rounds()).first(std::size_t(decoding->reached()));
    if (decoding->compared().tokens > 0) checks.push_back(plainText(*decoding));
    if (const Expected e = expectedKept(rounds); e.tried > 0) checks.push_back(keptCandidates(e));
    if (const Round* round = lab.round()) {
        const Visit* looked = round->visits.empty() ? nullptr : &round->visits.front();
        for (const Visit& visit : round->visits)
            if (visit.node == lab.request().lookAt) looked = &visit;
        if (const auto error = looked ? lawErrorAt(*round, *looked) : std::nullopt) checks.push_back(lawHere(*round, *error));
        if (round->rule == Rule::typical) checks.push_back(typicalCost(decoding->tally()));
    }
    return checks;
}

} // namespace orrery::language
