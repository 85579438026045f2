// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/law_check.h"

#include "engine/labs/language/law.h"

#include <algorithm>
#include <cmath>

namespace orrery::language {

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

double lawErrorOf(const Round& round) {
    constexpr std::size_t nodes = 2; // of a millisecond's work
    double most = -1;
    for (std::size_t i = 0; i < std::min(nodes, round.visits.size()); ++i)
        if (const auto error = lawErrorAt(round, round.visits[i])) most = std::max(most, *error);
    return most;
}

} // namespace orrery::language
