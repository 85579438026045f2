// SPDX-License-Identifier: GPL-3.0-or-later
// Neighbours by a plain search in float64, and tables with many ties.
#pragma once

#include "engine/labs/embedding/neighbours.h"
#include "tests/embedding/data.h"

#include <algorithm>
#include <cmath>

namespace orrery::test {

using namespace embedding;

inline double plain(Metric metric, std::span<const float> a, std::span<const float> b) {
    double square = 0, product = 0, aa = 0, bb = 0;
    for (std::size_t d = 0; d < a.size(); ++d) {
        square += (double(a[d]) - b[d]) * (double(a[d]) - b[d]);
        product += double(a[d]) * b[d], aa += double(a[d]) * a[d], bb += double(b[d]) * b[d];
    }
    if (metric == Metric::euclid) return std::sqrt(square);
    if (metric == Metric::dot) return -product;
    return aa > 0 && bb > 0 ? 1 - product / std::sqrt(aa * bb) : 1;
}

inline Neighbours naive(const Matrix& m, std::int64_t k, Metric metric) {
    Neighbours out{m.rows(), k, {}, {}};
    for (std::int64_t i = 0; i < m.rows(); ++i) {
        std::vector<std::pair<double, std::int32_t>> all;
        for (std::int64_t j = 0; j < m.rows(); ++j)
            if (j != i) all.emplace_back(plain(metric, m.row(i), m.row(j)), std::int32_t(j));
        std::sort(all.begin(), all.end());
        for (std::int64_t j = 0; j < k; ++j)
            out.index.push_back(all[std::size_t(j)].second), out.distance.push_back(float(all[std::size_t(j)].first));
    }
    return out;
}

/// Whole numbers, so that many distances are equal and sums are exact in any order.
inline Matrix lattice(std::int64_t n, std::int64_t D, int levels) {
    std::vector<float> values;
    for (std::int64_t i = 0; i < n * D; ++i)
        values.push_back(float(philox(3, std::uint32_t(i), 0, 9)[0] % std::uint32_t(levels)));
    return Matrix(n, D, std::move(values));
}

} // namespace orrery::test
