// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/diffusion/journey.h"

#include <algorithm>
#include <cmath>

namespace orrery::diffusion {

namespace {

Step forwardStep(double keep, double noise, int k) {
    Step step;
    step.keep = keep, step.noise = noise;
    step.counter = std::uint32_t(k);
    return step;
}

/// x + f x h + g sqrt(h) z at the left end of each step.
void addEulerMaruyama(Journey& journey, const Schedule& schedule, const std::vector<double>& times) {
    for (std::size_t k = 0; k + 1 < times.size(); ++k) {
        const double t = times[k], h = times[k + 1] - t;
        journey.steps.push_back(forwardStep(1 + schedule.f(t) * h, std::sqrt(schedule.g2(t) * h), int(k)));
    }
}

void addExact(Journey& journey, const Schedule& schedule, const std::vector<double>& times) {
    for (std::size_t k = 0; k + 1 < times.size(); ++k) {
        const auto [scale, noise] = schedule.transition(times[k], times[k + 1]);
        journey.steps.push_back(forwardStep(scale, noise, int(k)));
    }
}

/// VP: the DDPM chain. Sub-VP: the chain with the same means whose deviation is 1 minus the product of (1 - b), as the
/// SDE's is 1 - alpha^2. VE: its exact transitions, which are what Song & Ermon's chain is.
void addChain(Journey& journey, const Schedule& schedule, const std::vector<double>& times) {
    if (schedule.sde == Sde::ve) return addExact(journey, schedule, times);
    const Chain chain = ddpmChain(schedule, int(times.size()) - 1);
    journey.clamped = chain.clamped;
    double product = 1; // alpha^2 before the step
    for (std::size_t k = 0; k < chain.b.size(); ++k) {
        const double b = chain.b[k], after = product * (1 - b);
        const double noise2 = schedule.sde == Sde::vp ? b : b * (1 - product * after);
        journey.steps.push_back(forwardStep(std::sqrt(1 - b), std::sqrt(noise2), int(k)));
        product = after;
    }
}

double pullOf(const Schedule& schedule, double t, double h, double lambda, Mistake mistake) {
    const double g2 = mistake == Mistake::noG2 ? 1 : schedule.g2(t);
    const double pull = 0.5 * (1 + lambda * lambda) * g2 * h;
    return mistake == Mistake::sign ? -pull : mistake == Mistake::half ? 0.5 * pull : pull;
}

void addBack(Journey& journey, const Schedule& schedule, const JourneyOptions& options, const std::vector<double>& times) {
    const double lambda = options.method == Method::sde ? options.lambda : 0;
    for (std::size_t i = 0; i + 1 < times.size(); ++i) {
        const double t = times[i], next = times[i + 1], h = t - next;
        Step step;
        step.stream = Stream::reverse;
        step.counter = std::uint32_t(i);
        step.alpha = schedule.alpha(t), step.variance = schedule.variance(t);
        step.keep = 1 - h * schedule.f(t);
        step.pull = pullOf(schedule, t, h, lambda, options.mistake);
        step.noise = lambda * std::sqrt(schedule.g2(t) * h);
        if (options.method == Method::heun) {
            step.heun = true;
            step.alpha2 = schedule.alpha(next), step.variance2 = schedule.variance(next);
            step.keep2 = 1 - h * schedule.f(next);
            step.pull2 = pullOf(schedule, next, h, lambda, options.mistake);
        }
        journey.steps.push_back(step);
    }
}

} // namespace

Journey plan(const Schedule& schedule, const JourneyOptions& options) {
    Journey journey;
    if (options.way != Way::reverse) {
        journey.times = forwardTimes(options.forwardSteps);
        switch (options.forward) {
            case ForwardStep::em:
                addEulerMaruyama(journey, schedule, journey.times);
                break;
            case ForwardStep::chain:
                addChain(journey, schedule, journey.times);
                break;
            case ForwardStep::exact:
                addExact(journey, schedule, journey.times);
                break;
        }
    }
    journey.turn = int(journey.steps.size());
    if (options.way != Way::forward) {
        const std::vector<double> times = reverseTimes(options.steps, options.epsilon);
        addBack(journey, schedule, options, times);
        journey.times.insert(journey.times.end(), times.begin() + (journey.turn > 0 ? 1 : 0), times.end());
    }
    journey.fromPrior = options.way == Way::reverse;
    journey.startDeviation = journey.fromPrior ? schedule.priorDeviation() : schedule.sigma(0);
    return journey;
}

} // namespace orrery::diffusion
