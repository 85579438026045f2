// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/affinity.h"

#include "engine/error.h"
#include "engine/tensor/host_threads.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace orrery::embedding {

Calibrated calibrate(std::span<const double> squared, double perplexity, std::span<double> p) {
    const double least = *std::min_element(squared.begin(), squared.end());
    const double most = *std::max_element(squared.begin(), squared.end());
    const double wanted = std::log(perplexity);
    double mean = 0;
    for (const double d : squared) mean += (d - least) / double(squared.size());
    Calibrated result;
    const auto entropy = [&](double beta) {
        double sum = 0, weighted = 0;
        for (std::size_t j = 0; j < squared.size(); ++j) {
            p[j] = std::exp(-beta * (squared[j] - least));
            sum += p[j], weighted += (squared[j] - least) * p[j];
        }
        for (double& x : p) x /= sum;
        return std::log(sum) + beta * weighted / sum;
    };
    // The entropy falls from ln k at 0 to ln(how often the least distance is there) at infinity.
    const auto ties = std::count(squared.begin(), squared.end(), least);
    if (!(most > least) || wanted >= std::log(double(squared.size())) || wanted <= std::log(double(ties))) {
        result.clamped = true;
        result.beta =
            wanted <= std::log(double(ties)) && most > least ? 1e6 / std::max(mean, std::numeric_limits<double>::min()) : 0;
        result.perplexity = std::exp(entropy(result.beta));
        return result;
    }
    double low = 0, high = std::numeric_limits<double>::infinity(), beta = 1 / mean, found = 0;
    for (int step = 0; step < 200; ++step) {
        found = entropy(beta);
        if (std::abs(found - wanted) < 1e-12) break;
        (found > wanted ? low : high) = beta;
        beta = std::isinf(high) ? 2 * beta : (low + high) / 2;
    }
    result.beta = beta, result.perplexity = std::exp(found);
    return result;
}

Graph symmetric(const Neighbours& neighbours, std::span<const float> values, float scale) {
    const std::int64_t n = neighbours.n, k = neighbours.k;
    // Both directions of every entry, row after row by counting; then equal columns become one.
    std::vector<std::int64_t> start(std::size_t(n + 1));
    for (std::int64_t i = 0; i < n; ++i) start[std::size_t(i + 1)] += k;
    for (const std::int32_t j : neighbours.index) ++start[std::size_t(j) + 1];
    for (std::int64_t i = 0; i < n; ++i) start[std::size_t(i + 1)] += start[std::size_t(i)];
    std::vector<std::pair<std::int32_t, float>> entries(std::size_t(start[std::size_t(n)]));
    std::vector<std::int64_t> next(start.begin(), start.end() - 1);
    for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t s = 0; s < k; ++s) {
            const std::int32_t j = neighbours.index[std::size_t(i * k + s)];
            const float value = values[std::size_t(i * k + s)];
            entries[std::size_t(next[std::size_t(i)]++)] = {j, value};
            entries[std::size_t(next[std::size_t(j)]++)] = {std::int32_t(i), value};
        }
    std::vector<std::int64_t> kept(static_cast<std::size_t>(n));
    tensor::host::parallel((n + 1023) / 1024, [&](std::int64_t block, int) {
        for (std::int64_t i = block * 1024; i < std::min(n, (block + 1) * 1024); ++i) {
            const auto begin = entries.begin() + start[std::size_t(i)], end = entries.begin() + start[std::size_t(i + 1)];
            std::sort(begin, end); // by column, then value: the same sum whichever came first
            auto to = begin;
            for (auto from = begin; from != end; ++from)
                if (to != begin && (to - 1)->first == from->first)
                    (to - 1)->second += from->second;
                else
                    *to++ = *from;
            kept[std::size_t(i)] = to - begin;
        }
    });
    Graph graph{n, std::vector<std::int64_t>(std::size_t(n + 1)), {}, {}};
    for (std::int64_t i = 0; i < n; ++i) graph.start[std::size_t(i + 1)] = graph.start[std::size_t(i)] + kept[std::size_t(i)];
    graph.index.resize(std::size_t(graph.start.back())), graph.weight.resize(graph.index.size());
    tensor::host::parallel((n + 4095) / 4096, [&](std::int64_t block, int) {
        for (std::int64_t i = block * 4096; i < std::min(n, (block + 1) * 4096); ++i)
            for (std::int64_t e = 0; e < kept[std::size_t(i)]; ++e) {
                const auto& entry = entries[std::size_t(start[std::size_t(i)] + e)];
                graph.index[std::size_t(graph.start[std::size_t(i)] + e)] = entry.first;
                graph.weight[std::size_t(graph.start[std::size_t(i)] + e)] = scale * 0.5F * entry.second;
            }
    });
    return graph;
}

Affinities affinities(const Neighbours& neighbours, double perplexity) {
    const std::int64_t n = neighbours.n, k = neighbours.k;
    if (n < 2 || k < 1) throw Error("affinities need two rows at least");
    Affinities result;
    result.rows.resize(std::size_t(n));
    std::vector<float> conditional(std::size_t(n * k));
    tensor::host::parallel((n + 255) / 256, [&](std::int64_t block, int) {
        std::vector<double> squared(static_cast<std::size_t>(k)), p(static_cast<std::size_t>(k));
        for (std::int64_t i = block * 256; i < std::min(n, (block + 1) * 256); ++i) {
            for (std::int64_t j = 0; j < k; ++j) {
                const double d = neighbours.distance[std::size_t(i * k + j)];
                squared[std::size_t(j)] = d * d;
            }
            result.rows[std::size_t(i)] = calibrate(squared, perplexity, p);
            for (std::int64_t j = 0; j < k; ++j) conditional[std::size_t(i * k + j)] = float(p[std::size_t(j)]);
        }
    });
    for (const Calibrated& row : result.rows) result.clamped += row.clamped;
    result.joint = symmetric(neighbours, conditional, 1 / float(n));
    for (const float p : result.joint.weight)
        if (p > 0) result.entropy += double(p) * std::log(double(p));
    return result;
}

} // namespace orrery::embedding
