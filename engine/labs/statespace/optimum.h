// SPDX-License-Identifier: GPL-3.0-or-later
// The optimum line: the least error that any N numbers in a method's own basis and under its own weight can have on a signal.
// What a method adds to it is its own doing: discretisation, or a window's guess of what leaves it.
#pragma once

#include "engine/labs/statespace/memory.h"

namespace orrery::statespace {

struct Projection {
    Vector coefficients;  ///< of psi_n, see memory.h
    double power = 0;     ///< weighted mean of u^2 (LagT: integral of u^2 over ages in its unit)
    double error = 0;     ///< weighted mean of (u - sum)^2, summed as residuals: no cancellation, exact down to rounding squared
    bool resolved = true; ///< samples are dense enough for the basis; otherwise the error belongs to the best that was found
};
/// Samples (oldest first, `dt` apart) stand at the middles of their cells; before the first the signal is zero. Projects by
/// c += <psi, residual> until nothing is gained, each cell with the exact weight of its ages.
Projection project(const System& system, std::span<const double> samples, double dt);

/// Errors of a state against the samples under the method's weight: what is plotted beside the optimum.
double errorOf(const System& system, std::span<const double> state, std::span<const double> samples, double dt);

/// Optimum for 1 … N states at once: error(n) = error(N) + c_n^2 + … + c_(N-1)^2 by the basis being orthonormal.
Vector optimumLine(const System& system, const Projection& projection);

} // namespace orrery::statespace
