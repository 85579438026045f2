// SPDX-License-Identifier: GPL-3.0-or-later
// The systems that remember a signal as N numbers: x' = A x + B u, or x' = (A x + B u) / t where `scaled`.
// All of them stable, Re(eigenvalues) <= 0 (HiPPO's paper writes x' = -A x + B u instead).
// Gu et al. 2020 (arXiv 2008.07669), 2022 (arXiv 2206.12037); Voelker et al. 2019 (LMU); Su Jianlin, spaces.ac.cn 10114, 10137.
#pragma once

#include "engine/labs/statespace/algebra.h"

#include <cmath>
#include <string>

namespace orrery::statespace {

enum class Method {
    legsScaled,     ///< Legendre on all of [0, t], each age with the same weight
    legs,           ///< the same A, time-invariant: weight e^(-age)
    legt,           ///< Legendre on a window [t - theta, t]
    lmu,            ///< the same window, polynomials without their roots and in the other direction
    lagt,           ///< Laguerre functions over all ages, flat weight
    glagt,          ///< generalised: weight age^(-alpha) e^(-beta age)
    fout,           ///< Fourier on a window; the value that leaves it is taken as 2 sum - u(t), right at a jump
    fourierWindow,  ///< the same window, the value that leaves it taken as the sum (Su 10114): see trap T3
    fourierHistory, ///< Fourier on all of [0, t] (Su 10137)
};
constexpr int methods = 9;
const char* toString(Method method); ///< "legs-scaled": key of scenario files
const char* label(Method method);    ///< "LegS (scaled)"

constexpr std::int64_t mostStates = 512;

struct HippoOptions {
    double theta = 1;   ///< window, or unit of age for legs, lagt and glagt; in the signal's unit of time
    double alpha = 0;   ///< glagt: -1 < alpha < 1
    double beta = 0.01; ///< glagt: 0 < beta
};

struct System {
    Method method = Method::legsScaled;
    std::int64_t N = 0;
    HippoOptions options{};
    Matrix A;            ///< [N, N], per unit of time (scaled: per unit of ln t)
    Vector B;            ///< [N]
    bool scaled = false; ///< x' = (A x + B u) / t
};

/// 1 <= N <= mostStates; throws Error naming what is out of range. Fourier systems hold 1, √2 cos, √2 sin of 1, 2, … turns; an
/// even N puts a state that stays zero behind the first, as published code does.
System hippo(Method method, std::int64_t N, const HippoOptions& options = {});

/// Turns of state n of a Fourier system: {0, false}, {1, false}: cos, {1, true}: sin …; the silent state has {0, true}.
struct Turn {
    std::int64_t count = 0;
    bool sine = false;
};
Turn turnOf(std::int64_t n, std::int64_t N);
inline double rootOf(std::int64_t n) { return std::sqrt(double(2 * n + 1)); } ///< sqrt(2n + 1)

} // namespace orrery::statespace
