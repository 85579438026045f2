// SPDX-License-Identifier: GPL-3.0-or-later
// One step of t-SNE and of UMAP in float64, from their formulas, point by point; with the sum of the sizes of what was added up,
// which rounding is measured by.
#pragma once

#include "tests/embedding/descent.h"

namespace orrery::test {

using Points64 = std::vector<std::array<double, 3>>;

inline Points64 points64(const PicturePoints& y) {
    Points64 out(std::size_t(y.n), {0, 0, 0});
    for (int d = 0; d < y.dims; ++d)
        for (std::int64_t i = 0; i < y.n; ++i) out[std::size_t(i)][std::size_t(d)] = y[d][i];
    return out;
}

struct Gradient64 {
    Points64 slope, size; ///< 4 (rho pull - push / Z), and the same of absolute values
    double z = 0;
};

inline Gradient64 tsneGradient64(const Affinities& a, const Points64& y, double exaggeration) {
    const std::size_t n = y.size();
    Gradient64 g{Points64(n, {0, 0, 0}), Points64(n, {0, 0, 0})};
    Points64 push(n, {0, 0, 0}), pushSize = push;
    const auto with = [&](std::size_t i, std::size_t j, const auto& use) {
        std::array<double, 3> delta{};
        double square = 1;
        for (std::size_t d = 0; d < 3; ++d) delta[d] = y[i][d] - y[j][d], square += delta[d] * delta[d];
        use(1 / square, delta);
    };
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j)
            if (i != j)
                with(i, j, [&](double w, const auto& delta) {
                    g.z += w;
                    for (std::size_t d = 0; d < 3; ++d)
                        push[i][d] += w * w * delta[d], pushSize[i][d] += std::abs(w * w * delta[d]);
                });
    for (std::size_t i = 0; i < n; ++i) {
        for (std::int64_t e = a.joint.start[i]; e < a.joint.start[i + 1]; ++e)
            with(i, std::size_t(a.joint.index[std::size_t(e)]), [&](double w, const auto& delta) {
                for (std::size_t d = 0; d < 3; ++d) {
                    const double pull = 4 * exaggeration * double(a.joint.weight[std::size_t(e)]) * w * delta[d];
                    g.slope[i][d] += pull, g.size[i][d] += std::abs(pull);
                }
            });
        for (std::size_t d = 0; d < 3; ++d) {
            g.slope[i][d] -= 4 * push[i][d] / std::max(1e-30, g.z);
            g.size[i][d] += 4 * pushSize[i][d] / std::max(1e-30, g.z);
        }
    }
    return g;
}

/// What acts in a step of UMAP: [0] pulls, [1] pushes, and the sums of sizes.
struct Acting64 {
    std::array<Points64, 2> force, size;
    std::int64_t due = 0; ///< edges that pull
};

inline Acting64 umapActing64(const Graph& g, const Points64& y, const Tuning& t, std::uint64_t seed, int number) {
    const std::size_t n = y.size();
    Acting64 out;
    for (auto* points : {&out.force, &out.size}) points->fill(Points64(n, {0, 0, 0}));
    const Schedule schedule = scheduleOf(g, seed);
    const auto add = [&](std::size_t part, std::size_t i, std::size_t j) {
        double square = 0;
        std::array<double, 3> delta{};
        for (std::size_t d = 0; d < 3; ++d) delta[d] = y[i][d] - y[j][d], square += delta[d] * delta[d];
        if (square == 0) return;
        const double curve = 1 + t.a * std::pow(square, t.b);
        const double factor =
            part == 0 ? -2 * t.a * t.b * std::pow(square, t.b - 1) / curve : 2 * t.repulsion * t.b / ((0.001 + square) * curve);
        for (std::size_t d = 0; d < 3; ++d) {
            const double f = (part == 0 ? 2 : 1) * std::clamp(factor * delta[d], -4.0, 4.0);
            out.force[part][i][d] += f, out.size[part][i][d] += std::abs(f);
        }
    };
    for (std::size_t i = 0; i < n; ++i) {
        std::uint64_t due = 0;
        for (std::int64_t e = g.start[i]; e < g.start[i + 1]; ++e) {
            const std::uint32_t at = schedule.phase[std::size_t(e)] + std::uint32_t(number) * schedule.rate[std::size_t(e)];
            if (at < schedule.rate[std::size_t(e)]) add(0, i, std::size_t(g.index[std::size_t(e)])), ++due;
        }
        out.due += std::int64_t(due);
        const Philox4 key = philox(seed, std::uint32_t(i), std::uint32_t(number), 0x50555348);
        const std::uint64_t state = std::uint64_t(key[0]) << 32 | key[1];
        for (std::uint64_t p = 0; p < due * std::uint64_t(t.negatives); ++p) {
            std::uint64_t z = state + (p / 2 + 1) * 0x9E3779B97F4A7C15ULL; // Splitmix64
            z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ULL;
            z = (z ^ z >> 27) * 0x94D049BB133111EBULL;
            z ^= z >> 31;
            add(1, i, std::size_t((p % 2 == 0 ? z & 0xFFFFFFFF : z >> 32) * std::uint64_t(n) >> 32));
        }
    }
    return out;
}

} // namespace orrery::test
