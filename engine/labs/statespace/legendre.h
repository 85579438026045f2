// SPDX-License-Identifier: GPL-3.0-or-later
// Orthogonal functions by their three-term recurrences, which are stable where they are used here; never as monomials.
// Many places at once: `places` of size m, results of n rows of m.
#pragma once

#include "engine/labs/statespace/algebra.h"

namespace orrery::statespace {

/// P_0 … P_(N-1) at x in [-1, 1]: (n+1) P_(n+1) = (2n+1) x P_n - n P_(n-1).
void legendre(std::span<const double> x, std::int64_t N, std::span<double> out);
/// e^(-v/2) L_n^(alpha)(v), v >= 0, alpha > -1: (n+1) L_(n+1) = (2n+1+alpha-v) L_n - (n+alpha) L_(n-1). The start is scaled so
/// that it does not underflow before the functions have come to their oscillating part (v < 4n).
void laguerre(std::span<const double> v, double alpha, std::int64_t N, std::span<double> out);

/// Nodes and weights on [0, 1], exact for polynomials of degree 2n - 1 (Newton's method on P_n from Tricomi's start).
struct Quadrature {
    Vector nodes, weights;
};
Quadrature gaussLegendre(std::int64_t n);

/// sum of c_n sqrt(2n+1) P_n(x) by Clenshaw's recurrence.
double legendreSum(std::span<const double> c, double x);

} // namespace orrery::statespace
