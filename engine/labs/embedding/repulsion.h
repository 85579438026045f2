// SPDX-License-Identifier: GPL-3.0-or-later
// What pushes the points of t-SNE apart: sum_j w_ij^2 (y_i - y_j) with w_ij = 1 / (1 + |y_i - y_j|^2), and Z = sum_(i != j) w_ij.
#pragma once

#include "engine/labs/embedding/picture_points.h"

#include <memory>

namespace orrery::embedding {

enum class Repulsion {
    automatic, ///< whichever takes less work at this range, counted and not timed: the same bits on two runs
    exact,     ///< all pairs
    grid,      ///< by FFT, linear in the points
};

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

/// What the automatic choice weighs, in nanoseconds.
struct RepulsionCost {
    double pair, number, pointInPlane, pointInSpace, once; ///< number: of a transform; point: spread and read
};
constexpr RepulsionCost costOnHost = {0.16, 8, 50, 170, 0}; ///< of one core, measured
bool allPairs(Repulsion wanted, const GridRepulsion::Options& options, const RepulsionCost& cost, std::int64_t n, double range,
              int dims);

} // namespace orrery::embedding
