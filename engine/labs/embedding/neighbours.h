// SPDX-License-Identifier: GPL-3.0-or-later
// The k nearest rows of each row.
#pragma once

#include "engine/labs/embedding/progress.h"
#include "engine/labs/embedding/table.h"

namespace orrery::embedding {

enum class Metric {
    euclid, ///< sqrt sum (x - y)^2
    cosine, ///< 1 - cos; a row of zeros is at distance 1 from all
    dot,    ///< -x.y: the greatest product is the nearest
};

/// [n, k], nearest first; equal distances in order of their rows. Without the row itself.
struct Neighbours {
    std::int64_t n = 0, k = 0;
    std::vector<std::int32_t> index;
    std::vector<float> distance;
    std::span<const std::int32_t> of(std::int64_t i) const { return {index.data() + i * k, std::size_t(k)}; }
    std::span<const float> distances(std::int64_t i) const { return {distance.data() + i * k, std::size_t(k)}; }
};

/// Distance of two rows in float64, rounded at the end only.
double distanceOf(Metric metric, std::span<const float> a, std::span<const float> b);

/// Exact: all pairs by matrix products on the host, with a bound on their rounding; whatever lies within it is computed again in
/// float64, so that order and ties are those of the true distances. k is cut to n - 1.
Neighbours exactNeighbours(const Matrix& values, std::int64_t k, Metric metric, Progress& progress);

/// Of given rows only (row numbers of `values`); a row is not its own neighbour.
Neighbours neighboursOf(const Matrix& values, std::span<const std::int64_t> rows, std::int64_t k, Metric metric,
                        Progress& progress);

/// Of points that are no rows of the table: `queries` [m, D].
Neighbours nearestTo(const Matrix& values, const Matrix& queries, std::int64_t k, Metric metric, Progress& progress);

/// NN-descent (Dong, Moses & Li, WWW 2011) from a forest of random hyperplanes. Every row only gathers, from the lists of the
/// round before, so that the result does not depend on threads: same seed, same lists.
Neighbours approximateNeighbours(const Matrix& values, std::int64_t k, Metric metric, std::uint64_t seed, Progress& progress);

/// Share of `truth`'s neighbours that `found` has.
double recall(const Neighbours& found, const Neighbours& truth);

} // namespace orrery::embedding
