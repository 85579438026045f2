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

/// Products with the rows less their mean, X [n, D]: what a randomised search costs. On the host, or pca_device.h.
class RowProducts {
 public:
    virtual ~RowProducts() = default;
    /// X is `values` less `mean`; returns the sum of its squares.
    virtual double begin(const Matrix& values, const std::vector<double>& mean) = 0;
    /// X'X q of directions q [D, wide] into `sum`, and where it is asked for (X q)'(X q) [wide, wide] into `inner`.
    virtual void run(std::span<const float> q, std::int64_t wide, std::span<double> sum, std::span<double> inner,
                     Progress& progress, double from, double to) = 0;
};

/// Throws Error for fewer than two rows. `device`: who multiplies where the search is randomised; then PcaWay::automatic is
/// randomised as soon as the exact way takes 2^28 steps (tenths of a second).
Pca pca(const Matrix& values, const PcaOptions& options, Progress& progress, RowProducts* device = nullptr);

/// The way that PcaWay::automatic takes.
PcaWay wayOf(const Matrix& values, const PcaOptions& options, bool device);

/// Onto directions of independent normal numbers, which keep distances in the mean (Johnson & Lindenstrauss 1984).
Matrix randomProjection(const Matrix& values, int components, std::uint64_t seed);

/// From the mean of some rows to the mean of others.
struct Axis {
    std::vector<std::int64_t> from, to;
};
/// [N, axes]: how far along each direction, 0 at the mean of `from`, 1 at that of `to`. Throws Error for a direction of length 0.
Matrix axesProjection(const Matrix& values, std::span<const Axis> axes);

} // namespace orrery::embedding
