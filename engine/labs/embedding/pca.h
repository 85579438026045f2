// SPDX-License-Identifier: GPL-3.0-or-later
// Principal components, centred and of all D dimensions; and other linear projections.
#pragma once

#include "engine/labs/embedding/progress.h"
#include "engine/labs/embedding/table.h"

namespace orrery::embedding {

enum class PcaWay {
    automatic,  ///< exact up to 1,024 columns (or rows), randomised above
    exact,      ///< eigenvectors of the covariance, in float64
    randomised, ///< Halko, Martinsson & Tropp 2011, Algorithm 4.4, with 7 power iterations
};

struct PcaOptions {
    int components = 10;
    PcaWay way = PcaWay::automatic;
    bool centred = true; ///< false: a common shortcut that puts the mean into the first component
    std::uint64_t seed = 1;
};

struct Pca {
    std::vector<double> mean;        ///< [D]
    std::vector<double> eigenvalues; ///< variances along the components, falling; divided by n - 1
    double variance = 0;             ///< of all D dimensions together
    Matrix components;               ///< [k, D], orthonormal; the largest entry of each is positive

    /// [N, k]: also for rows that the components were not made of. Throws Error when they have another width.
    Matrix project(const Matrix& rows, int components) const;
};

/// Throws Error for fewer than two rows.
Pca pca(const Matrix& values, const PcaOptions& options, Progress& progress);

/// Onto directions of independent normal numbers, which keep distances in the mean (Johnson & Lindenstrauss 1984).
Matrix randomProjection(const Matrix& values, int components, std::uint64_t seed);

/// From the mean of some rows to the mean of others.
struct Axis {
    std::vector<std::int64_t> from, to;
};
/// [N, axes]: how far along each direction, 0 at the mean of `from`, 1 at that of `to`. Throws Error for a direction of length 0.
Matrix axesProjection(const Matrix& values, std::span<const Axis> axes);

} // namespace orrery::embedding
