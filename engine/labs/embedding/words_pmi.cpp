// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/words_pmi.h"

#include "engine/labs/embedding/words_sampling.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace orrery::embedding {

std::vector<PairCount> windowPairs(const Corpus& corpus, const WordSettings& settings, Progress& progress) {
    const int W = settings.window;
    return weightedPairs(
        corpus, W, [&](int distance) { return settings.shrink ? double(W - distance + 1) / W : 1.0; }, progress);
}

PmiTable pmiTable(const Corpus& corpus, const WordSettings& settings, const WordState& state, std::span<const PairCount> pairs,
                  std::int64_t words, double least) {
    PmiTable table;
    const std::int64_t n = table.n = std::min(words, corpus.size());
    table.count.assign(std::size_t(n * n), 0);
    std::vector<double> marginal(std::size_t(corpus.size()));
    double all = 0;
    for (const PairCount& pair : pairs) {
        marginal[std::size_t(pair.i)] += pair.count, all += pair.count;
        if (pair.i < n && pair.j < n) table.count[std::size_t(pair.i * n + pair.j)] = pair.count;
    }
    const Noise noise(corpus.counts, settings.noisePower);
    constexpr double nothing = -std::numeric_limits<double>::infinity();
    table.pmi.assign(table.count.size(), nothing), table.target = table.pmi, table.product.assign(table.count.size(), 0);
    double sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0;
    for (std::int64_t w = 0; w < n; ++w)
        for (std::int64_t c = 0; c < n; ++c) {
            const auto at = std::size_t(w * n + c);
            double product = 0;
            for (int d = 0; d < state.dims; ++d)
                product += double(state.row(state.in, w)[d]) * double(state.row(state.out, c)[d]);
            table.product[at] = product;
            const double count = table.count[at], others = marginal[std::size_t(w)] - (settings.countHits ? 0 : count);
            if (count <= 0) continue;
            table.pmi[at] = std::log(count * all / (marginal[std::size_t(w)] * marginal[std::size_t(c)]));
            table.target[at] = others > 0 ? std::log(count / (settings.negatives * others * noise.probability(c))) : -nothing;
            if (count < least || others <= 0) continue;
            const double difference = std::abs(product - table.target[at]);
            table.worst = std::max(table.worst, difference), table.mean += difference, ++table.seen;
            sx += product, sy += table.target[at], sxx += product * product, syy += table.target[at] * table.target[at],
                sxy += product * table.target[at];
        }
    if (table.seen > 0) {
        const auto m = double(table.seen);
        table.mean /= m;
        const double spread = std::sqrt(std::max(0.0, sxx - sx * sx / m) * std::max(0.0, syy - sy * sy / m));
        table.correlation = spread > 0 ? (sxy - sx * sy / m) / spread : 0;
    }
    return table;
}

} // namespace orrery::embedding
