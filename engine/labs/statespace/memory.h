// SPDX-License-Identifier: GPL-3.0-or-later
// What a state says about the past: u(t - v) ~ sum of x_n psi_n(v) at age v. The psi_n / |psi_n| are orthonormal under a weight
// over ages, which says how much a method minds an error there.
#pragma once

#include "engine/labs/statespace/hippo.h"

namespace orrery::statespace {

/// psi_n(age) into out[n * ages + i]; zero outside the window. `history` is t, the time since the signal began.
void basis(const System& system, std::span<const double> ages, double history, std::span<double> out);
/// sum of x_n psi_n at each age.
Vector reconstruct(const System& system, std::span<const double> state, std::span<const double> ages, double history);

/// Weight of an error at that age, per unit of time. It integrates to 1, but for LagT, whose weight is 1 / theta at every age.
double weight(const System& system, double age, double history);
/// Integral of the weight over ages [from, to].
double weightBetween(const System& system, double from, double to, double history);
/// Integral of weight psi_n^2: 1, but for LMU (1 / (2n + 1)) and Fourier's silent state (0).
double basisNorm(const System& system, std::int64_t n);

/// How far back a state reaches, and what it can tell apart there.
struct Horizon {
    double age = 0;       ///< of the oldest signal that still counts (see `why`)
    double frequency = 0; ///< turns per unit of time up to which it is resolved there: N = pi f T for polynomials, N = 2 f T + 1
                          ///< for Fourier. The knee of the error over N.
    const char* why = ""; ///< a sentence
};
Horizon horizon(const System& system, double history);
/// States at which a signal of highest frequency f, remembered over the horizon's age, begins to be resolved.
double kneeStates(const System& system, double frequency, double history);

/// e^(t A) B at times t >= 0: what each state holds t after an impulse; out as basis(). By the closed form where there is
/// one (LegS, LagT), else by the matrix exponential. Time-invariant systems only; throws Error otherwise.
Matrix impulseStates(const System& system, std::span<const double> times);

} // namespace orrery::statespace
