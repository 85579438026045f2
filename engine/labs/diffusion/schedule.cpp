// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/diffusion/schedule.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace orrery::diffusion {

double Schedule::beta(double t) const { return betaMin + t * (betaMax - betaMin); }

double Schedule::betaIntegral(double t) const { return t * (betaMin + 0.5 * t * (betaMax - betaMin)); }

double Schedule::alpha(double t) const { return sde == Sde::ve ? 1 : std::exp(-0.5 * betaIntegral(t)); }

double Schedule::variance(double t) const {
    if (sde == Sde::ve) return sigma(t) * sigma(t);
    const double vp = -std::expm1(-betaIntegral(t));
    return sde == Sde::vp ? vp : vp * vp; // sub-VP: 1 - alpha^2 is the standard deviation
}

double Schedule::sigma(double t) const {
    if (sde == Sde::ve) return sigmaMin * std::pow(sigmaMax / sigmaMin, t);
    return std::sqrt(variance(t));
}

double Schedule::f(double t) const { return sde == Sde::ve ? 0 : -0.5 * beta(t); }

double Schedule::g2(double t) const {
    switch (sde) {
        case Sde::vp:
            return beta(t);
        case Sde::subVp:
            return -beta(t) * std::expm1(-2 * betaIntegral(t));
        case Sde::ve:
            break;
    }
    return 2 * variance(t) * std::log(sigmaMax / sigmaMin);
}

double Schedule::logRatio(double t) const {
    const double noise = sigma(t);
    return noise > 0 ? std::log(alpha(t) / noise) : std::numeric_limits<double>::infinity();
}

double Schedule::priorDeviation() const { return sde == Sde::ve ? sigmaMax : 1; }

Schedule::Transition Schedule::transition(double s, double t) const {
    if (sde == Sde::ve) return {1, std::sqrt(variance(t) - variance(s))};
    const double before = betaIntegral(s), after = betaIntegral(t);
    const double scale = std::exp(-0.5 * (after - before));
    const double vp = -std::expm1(-(after - before));
    // sub-VP: (1 - a^2 A^2)^2 - A^2 (1 - a^2)^2 = (1 - A^2)(1 - A^2 a^4), a = alpha(s), A = alpha(t)/a.
    const double noise2 = sde == Sde::vp ? vp : vp * -std::expm1(-(after + before));
    return {scale, std::sqrt(noise2)};
}

Chain ddpmChain(const Schedule& schedule, int steps) {
    constexpr double most = 0.999;
    Chain chain;
    for (int i = 0; i < steps; ++i) {
        const double b = schedule.beta(steps > 1 ? double(i) / (steps - 1) : 0.5) / steps;
        if (b >= 1) ++chain.clamped;
        chain.b.push_back(b >= 1 ? most : b);
    }
    return chain;
}

std::vector<double> forwardTimes(int steps) {
    std::vector<double> times;
    for (int k = 0; k <= steps; ++k) times.push_back(double(k) / steps);
    return times;
}

std::vector<double> reverseTimes(int steps, double epsilon) {
    std::vector<double> times;
    for (int i = 0; i < steps; ++i) times.push_back(1 - (1 - epsilon) * i / steps);
    times.push_back(epsilon);
    return times;
}

} // namespace orrery::diffusion
