// SPDX-License-Identifier: GPL-3.0-or-later
// The way of the particles as a list of affine-plus-score steps, computed once in float64. Kernels, reference and theory
// all walk the same list:
//     x <- keep x + pull s(x) + noise z,                                       s: score of the marginal (alpha, variance)
//     Heun: x1 = keep x + pull s(x),  x <- (x + keep2 x1 + pull2 s2(x1)) / 2,  s2: score of (alpha2, variance2)
#pragma once

#include "engine/labs/diffusion/schedule.h"

#include <cstdint>
#include <string>
#include <vector>

namespace orrery::diffusion {

/// Streams of random numbers; the step counter starts at 0 in each.
enum class Stream : std::uint32_t {
    data,
    forward,
    prior,
    reverse,
    shape,
    subset,
    exactData,
    exactNoise,
    trainingData,
    trainingNoise
};

struct Step {
    double keep = 1, pull = 0, noise = 0;
    double alpha = 1, variance = 0; ///< of the marginal whose score pulls
    bool heun = false;
    double keep2 = 1, pull2 = 0, alpha2 = 1, variance2 = 0;
    Stream stream = Stream::forward;
    std::uint32_t counter = 0; ///< step number within the stream

    int scores() const { return pull == 0 ? 0 : heun ? 2 : 1; }
};

enum class Way { forward, reverse, round };
enum class ForwardStep { em, chain, exact };
enum class Method { sde, ode, heun };
enum class Mistake { none, sign, noG2, half };

struct JourneyOptions {
    Way way = Way::round;
    ForwardStep forward = ForwardStep::em;
    int forwardSteps = 100;
    Method method = Method::sde;
    int steps = 100;
    double lambda = 1;     ///< of Method::sde
    double epsilon = 1e-3; ///< where the way back ends
    Mistake mistake = Mistake::none;
};

struct Journey {
    std::vector<Step> steps;
    std::vector<double> times; ///< steps.size() + 1
    int turn = 0;              ///< steps before the first one back; steps.size() when none goes back
    double startDeviation = 0; ///< fromPrior: of the prior; else the noise that the data carries at t = 0 (VE)
    bool fromPrior = false;
    int clamped = 0; ///< steps of the chain whose b would reach 1
};

Journey plan(const Schedule& schedule, const JourneyOptions& options);

} // namespace orrery::diffusion
