// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/self_checks.h"

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

lab::Check lawOfTheNodes(std::span<const Round> rounds) {
    constexpr double bound = 1e-12; // sums of some thousand products, each right to 2^-53
    double most = 0;
    bool counted = false, lossless = true;
    for (const Round& round : rounds) {
        if (round.lawError < 0) continue;
        counted = true;
        most = std::max(most, round.lawError);
        lossless = lossless && text(round.rule).lossless;
    }
    return {
        .key = "law",
        .label = "law of the token that leaves a node",
        .measured = most,
        .expected = 0,
        .tolerance = bound,
        .verdict = !counted        ? Verdict::pending
                   : most <= bound ? Verdict::matches
                                   : Verdict::disagrees,
        .unit = "",
        .because = lossless
                       ? "Every draw and every coin counted at the nodes of all rounds, on the likeliest tokens: the law is the "
                         "target's."
                       : "Every draw and every coin counted: a rule that was used here writes another law than the target's."};
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

std::vector<lab::Check> selfChecks(const LanguageLab& lab) {
    const Decoding* decoding = lab.decoding();
    if (!decoding) return {};
    std::vector<lab::Check> checks;
    const std::span<const Round> rounds = std::span(decoding->rounds()).first(std::size_t(decoding->reached()));
    if (decoding->compared().tokens > 0) checks.push_back(plainText(*decoding));
    if (const Expected e = expectedKept(rounds); e.tried > 0) checks.push_back(keptCandidates(e));
    if (const lab::Check law = lawOfTheNodes(rounds); law.verdict != lab::Check::Verdict::pending) checks.push_back(law);
    if (const Round* round = lab.round()) {
        if (round->rule == Rule::typical) checks.push_back(typicalCost(decoding->tally()));
    }
    return checks;
}

} // namespace orrery::language
