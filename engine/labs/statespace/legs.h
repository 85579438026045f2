// SPDX-License-Identifier: GPL-3.0-or-later
// Scaled LegS step by step, x' = (A x + B u) / t: O(N) a step by the structure of A,
// (A v)_n = n v_n - s_n sum_{k <= n} s_k v_k, s_n = sqrt(2n + 1), instead of dense products and solves.
// k is the number of samples already seen; the first state is x_1 = u_0 e_0, exact because A e_0 = -B.
#pragma once

#include "engine/labs/statespace/hippo.h"

namespace orrery::statespace {

enum class LegsStep {
    exact,         ///< ZOH: the state is the projection of the held samples, to rounding
    forwardEuler,  ///< x + (A x + B u) / k: explodes while k < N (trap T1)
    backwardEuler, ///< (I - A/k) x+ = x + B u / k
    bilinear,      ///< as published (Gu et al. 2020): (I - A/2k) x+ = (I + A/2k) x + B u / k; first order
    suBilinear,    ///< (I - A/2(k+1)) x+ = (I + A/2k) x + B u / k (Su 10137); first order
    midpoint,      ///< bilinear with h = 1 / (k + 1/2) on both sides; second order
    logTime,       ///< bilinear with h = ln((k + 1) / k) on both sides; second order
};
constexpr int legsSteps = 7;
const char* toString(LegsStep step); ///< "midpoint"
const char* label(LegsStep step);
/// h of the step, the same on both sides, of every kind but suBilinear (there 1 / k) and exact (there ln((k + 1) / k)).
double stepSize(LegsStep step, std::int64_t k);

/// x after one more sample. exact costs O(N^2), the others O(N).
void advance(LegsStep step, std::span<double> x, double u, std::int64_t k);
/// The same through many samples. exact takes them in blocks; bilinear, midpoint and logTime run time-skewed: several steps
/// at once, each two orders behind the one before it, so that vectors of float64 are full though every step is a chain of N.
void advance(LegsStep step, std::span<double> x, std::span<const double> samples, std::int64_t k);
/// The published serial algorithm for bilinear (hippo-code, function_approx_trapezoidal): what `orrery bench` compares with.
void advancePublished(std::span<double> x, std::span<const double> samples, std::int64_t k);
/// Time-invariant LegS, bilinear with a fixed h = Delta / theta, by the same O(N) step.
void advanceInvariant(std::span<double> x, std::span<const double> samples, double h);

/// A v and (I - lambda A)^-1 v in O(N).
void timesLegs(std::span<const double> v, std::span<double> out);
void solveLegs(double lambda, std::span<const double> v, std::span<double> out);

/// e^(A ln(1 / alpha)), 0 < alpha <= 1: what a state of m samples becomes when k = m / alpha have passed with u = 0. Applied by
/// N-point Gauss-Legendre quadrature, exact for these polynomials: alpha sum_i w_i phi_n(alpha r_i) phi_m(r_i).
class Dilation {
 public:
    explicit Dilation(std::int64_t N);
    Vector apply(std::span<const double> x, double alpha) const;
    Matrix matrix(double alpha) const;

 private:
    std::int64_t m_N;
    Vector m_nodes, m_weights;
    Matrix m_values; ///< phi_n(r_i)
};

/// Exact projection of samples held on [j, j + 1) / L: c_n = the integral of u phi_n over [0, 1]. O(N L).
Vector project(std::span<const double> samples, std::int64_t N);

/// |x+|^2 - |x|^2 = h (u^2 - |xm|^2 - (B xm - u)^2) with xm = (x + x+) / 2: exact for any bilinear step with one h (A22).
struct Energy {
    double gain = 0;      ///< left side
    double input = 0;     ///< h u^2
    double forgotten = 0; ///< h |xm|^2
    double misfit = 0;    ///< h (B xm - u)^2: the reconstruction at "now" against the sample
    double residual() const { return gain - (input - forgotten - misfit); }
};
Energy energy(std::span<const double> before, std::span<const double> after, double u, double h);

} // namespace orrery::statespace
