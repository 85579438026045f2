// SPDX-License-Identifier: GPL-3.0-or-later
// The forward SDE dx = f(t) x dt + g(t) dw of Song et al. 2021 (arXiv 2011.13456) in float64, t in [0, 1].
// Its kernel is p(x_t | x_0) = N(alpha(t) x_0, sigma(t)^2 I). Su 2022 writes alpha as alpha-bar and sigma as beta-bar.
#pragma once

#include <vector>

namespace orrery::diffusion {

enum class Sde { vp, ve, subVp };

struct Schedule {
    Sde sde = Sde::vp;
    double betaMin = 0.1, betaMax = 20;    ///< VP and sub-VP
    double sigmaMin = 0.01, sigmaMax = 50; ///< VE, in units of the standardised data

    double beta(double t) const;         ///< VP, sub-VP: rate of noise
    double betaIntegral(double t) const; ///< of beta over [0, t]
    double alpha(double t) const;
    double variance(double t) const; ///< sigma^2, by expm1: 1 - exp loses all digits near t = 0
    double sigma(double t) const;
    double f(double t) const;        ///< drift is f(t) x
    double g2(double t) const;       ///< g(t)^2
    double logRatio(double t) const; ///< lambda = ln(alpha / sigma), +inf where sigma = 0
    double priorDeviation() const;   ///< of the Gaussian from which the way back starts

    /// The exact transition from s to t > s: x_t = scale x_s + noise z.
    struct Transition {
        double scale = 1, noise = 0;
    };
    Transition transition(double s, double t) const;
};

/// The chain of T steps x_i = sqrt(1 - b_i) x_{i-1} + sqrt(b_i) z of Ho et al. 2020 with b_i = beta(i)/T, beta(i) linear from
/// betaMin to betaMax. With T <= betaMax some b_i reach 1, where the chain forgets everything: those are held at 0.999.
struct Chain {
    std::vector<double> b;
    int clamped = 0;
};
Chain ddpmChain(const Schedule& schedule, int steps);

/// steps + 1 places from 0 to 1, and from 1 down to epsilon. Steps are taken as differences of neighbours.
std::vector<double> forwardTimes(int steps);
std::vector<double> reverseTimes(int steps, double epsilon);

} // namespace orrery::diffusion
