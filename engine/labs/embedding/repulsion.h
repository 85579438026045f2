// SPDX-License-Identifier: GPL-3.0-or-later
// What pushes the points of t-SNE apart: sum_j w_ij^2 (y_i - y_j) with w_ij = 1 / (1 + |y_i - y_j|^2), and Z = sum_(i != j) w_ij.
#pragma once

#include "engine/labs/embedding/picture_points.h"

#include <memory>

namespace orrery::embedding {

/// All pairs; `push` is shaped like y. Returns Z. The same bits whatever the number of threads.
double exactRepulsion(const PicturePoints& y, PicturePoints& push);

/// The same by a grid: ones are spread by B-splines of degree 7, convolved with w by FFT, and the potential is read by the same
/// splines, whose blur is divided out; the push is -1/2 of its slope (smooth particle-mesh Ewald: Essmann et al. 1995; for t-SNE a
/// grid was first taken by Linderman et al. 2019, with four charges and Lagrange polynomials). One transform there, one back,
/// linear in the points.
class GridRepulsion {
 public:
    struct Options {
        double spacing = 0.2;  ///< of the grid, in the picture's units: a kernel is about one wide
        int leastNodes = 32;   ///< of an axis: a picture smaller than so many spacings gets a finer grid
        int mostNodes2 = 2048; ///< in the plane, then the grid becomes wider
        int mostNodes3 = 96;   ///< in space
    };
    GridRepulsion();
    explicit GridRepulsion(const Options& options);
    ~GridRepulsion();
    GridRepulsion(GridRepulsion&&) noexcept;
    GridRepulsion& operator=(GridRepulsion&&) noexcept;

    double run(const PicturePoints& y, PicturePoints& push);

    /// Numbers in a transform for a picture of that range: what most of the time goes to.
    static double cost(const Options& options, double range, int dims);

    int nodes() const;      ///< of an axis, in the last run
    double spacing() const; ///< in the last run

 private:
    struct Self;
    std::unique_ptr<Self> m_self;
};

} // namespace orrery::embedding
