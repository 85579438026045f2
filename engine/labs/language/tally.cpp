// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/tally.h"

#include <algorithm>
#include <cmath>

namespace orrery::language {

void Tally::add(const Round& round) {
    ++rounds;
    tokens += round.tokens();
    rows += std::int64_t(round.nodes.size()) + 1;
    asks += round.asks;
    times += round.times;
    divergence += round.divergence, variation += round.variation;
    int parent = -1;
    for (std::size_t depth = 0;; ++depth) {
        const bool there =
            std::any_of(round.nodes.begin(), round.nodes.end(), [&](const RoundNode& n) { return n.parent == parent; });
        if (!there) break;
        if (byDepth.size() <= depth) byDepth.resize(depth + 1);
        ++byDepth[depth].tried;
        if (depth >= round.path.size()) break;
        ++byDepth[depth].kept;
        parent = round.path[depth];
    }
    for (const Step& step : round.steps) {
        const std::size_t rank = std::size_t(round.nodes[std::size_t(step.decision.node)].rank);
        if (byRank.size() <= rank) byRank.resize(rank + 1);
        ++byRank[rank].tried;
        byRank[rank].kept += step.decision.accepted;
    }
}

double chainTokens(double alpha, int length) { return alpha >= 1 ? length + 1 : (1 - std::pow(alpha, length + 1)) / (1 - alpha); }

double speedUp(double tokensPerRound, const Cost& cost) { return tokensPerRound / (cost.draft + cost.verify + cost.other); }

void PassTimes::set(int rows, double ms) {
    const auto at = std::lower_bound(m_points.begin(), m_points.end(), rows, [](const auto& a, int n) { return a.first < n; });
    if (at != m_points.end() && at->first == rows)
        at->second = ms;
    else
        m_points.insert(at, {rows, ms});
}

double PassTimes::ms(double rows) const {
    if (m_points.empty()) return 0;
    const auto above =
        std::lower_bound(m_points.begin(), m_points.end(), rows, [](const auto& a, double n) { return a.first < n; });
    if (above == m_points.begin()) return above->second;
    if (above == m_points.end()) return m_points.back().second * rows / m_points.back().first; // the last share for each row
    const auto below = above - 1;
    const double part = (rows - below->first) / double(above->first - below->first);
    return below->second + part * (above->second - below->second);
}

double median(std::vector<double> values) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
}

} // namespace orrery::language
