// SPDX-License-Identifier: GPL-3.0-or-later
// What tests of t-SNE and UMAP share.
#pragma once

#include "engine/labs/embedding/curve.h"
#include "engine/labs/embedding/pca.h"
#include "engine/labs/embedding/quality.h"
#include "engine/labs/embedding/tsne.h"
#include "engine/labs/embedding/umap.h"
#include "engine/tensor/host_threads.h"
#include "tests/embedding/data.h"

#include <cmath>

namespace orrery::test {

using namespace embedding;

inline Neighbours near(const Matrix& m, std::int64_t k) {
    Progress progress;
    return exactNeighbours(m, k, Metric::euclid, progress);
}
inline Matrix leading(const Matrix& m, int dims) {
    Progress progress;
    return pca(m, {.components = dims}, progress).project(m, dims);
}
inline std::shared_ptr<const Affinities> calibrated(const Matrix& m, double perplexity, bool dense) {
    return std::make_shared<const Affinities>(
        affinities(near(m, dense ? m.rows() - 1 : std::int64_t(3 * perplexity)), perplexity));
}
inline State descend(Optimiser& optimiser, State state, const Tuning& tuning, int steps) {
    for (int i = 0; i < steps; ++i) optimiser.step(state, tuning, i);
    return state;
}
inline Quality judged(const Table& table, const PicturePoints& y, std::int64_t k) {
    Progress progress;
    return QualityProbe(table.values, Metric::euclid, table.rows()).measure(y, k, table.columns[0].values, progress);
}
inline PicturePoints cloud(std::int64_t n, int dims, double size, std::uint64_t seed = 2) {
    PicturePoints y(n, dims);
    for (std::int64_t i = 0; i < n; ++i)
        for (int d = 0; d < dims; ++d) y[d][i] = float(size * normalPair(philox(seed, std::uint32_t(i), std::uint32_t(d), 6))[0]);
    return y;
}
/// KL of a dense P at a picture, in float64, from its definition.
inline double divergence(const Affinities& a, const PicturePoints& y) {
    const auto w = [&](std::int64_t i, std::int64_t j) {
        double square = 0;
        for (int d = 0; d < y.dims; ++d) square += std::pow(double(y[d][i]) - y[d][j], 2);
        return 1 / (1 + square);
    };
    double z = 0, kl = 0;
    for (std::int64_t i = 0; i < y.n; ++i)
        for (std::int64_t j = 0; j < y.n; ++j)
            if (i != j) z += w(i, j);
    for (std::int64_t i = 0; i < y.n; ++i)
        for (std::int64_t e = a.joint.start[std::size_t(i)]; e < a.joint.start[std::size_t(i) + 1]; ++e)
            if (const double p = a.joint.weight[std::size_t(e)]; p > 0)
                kl += p * std::log(p * z / w(i, a.joint.index[std::size_t(e)]));
    return kl;
}
inline double away(const PicturePoints& a, const PicturePoints& b) { // mean error as a share of the mean length
    double error = 0, length = 0;
    for (std::int64_t i = 0; i < a.n; ++i) {
        double e = 0, l = 0;
        for (int d = 0; d < a.dims; ++d) e += std::pow(double(a[d][i]) - b[d][i], 2), l += std::pow(double(b[d][i]), 2);
        error += std::sqrt(e), length += std::sqrt(l);
    }
    return error / length;
}

} // namespace orrery::test
