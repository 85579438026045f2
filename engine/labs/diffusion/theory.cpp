// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/diffusion/theory.h"

#include <algorithm>
#include <cmath>

namespace orrery::diffusion {

namespace {

constexpr double sigmas = 5;

/// x <- a x + b + noise z, with independent z.
void affine(Moments& m, int axis, double a, double b, double noise2) {
    const double a2 = a * a, v = m.variance[axis];
    m.mean[axis] = a * m.mean[axis] + b;
    m.fourth[axis] = a2 * a2 * m.fourth[axis] + 6 * a2 * v * noise2 + 3 * noise2 * noise2;
    m.variance[axis] = a2 * v + noise2;
}

/// The score of a Gaussian is affine: s(x) = (alpha m - x) / S^2.
void scoreStep(Moments& now, int axis, const Moments& data, const Step& step) {
    const double m = data.mean[axis], v = data.variance[axis];
    const double s2 = step.alpha * step.alpha * v + step.variance;
    const double c = step.keep - step.pull / s2, d = step.pull * step.alpha * m / s2;
    if (!step.heun) return affine(now, axis, c, d, step.noise * step.noise);
    const double next2 = step.alpha2 * step.alpha2 * v + step.variance2;
    const double c2 = step.keep2 - step.pull2 / next2, d2 = step.pull2 * step.alpha2 * m / next2;
    affine(now, axis, 0.5 * (1 + c2 * c), 0.5 * (c2 * d + d2), 0);
}

} // namespace

Moments marginalMoments(const Moments& data, double alpha, double variance) {
    Moments m = data;
    for (int axis = 0; axis < 2; ++axis) affine(m, axis, alpha, 0, variance);
    return m;
}

std::vector<Moments> predict(const Moments& data, const Journey& journey) {
    Moments now = marginalMoments(data, journey.fromPrior ? 0 : 1, journey.startDeviation * journey.startDeviation);
    std::vector<Moments> all{now};
    all.reserve(journey.steps.size() + 1);
    for (const Step& step : journey.steps) {
        for (int axis = 0; axis < 2; ++axis) {
            if (step.pull == 0)
                affine(now, axis, step.keep, 0, step.noise * step.noise);
            else
                scoreStep(now, axis, data, step);
        }
        all.push_back(now);
    }
    return all;
}

namespace {

struct Group { // components of about one deviation
    double weight = 0, s2 = 0, distance2 = 0;
};

std::vector<Group> groups(const Mixture& data) {
    constexpr std::size_t most = 8;
    std::vector<Component> sorted = data.components;
    std::sort(sorted.begin(), sorted.end(), [](const Component& a, const Component& b) { return a.s < b.s; });
    const std::size_t count = sorted.empty() || sorted.front().s == sorted.back().s ? 1 : std::min(most, sorted.size());
    std::vector<Group> all(count);
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        const Component& c = sorted[i];
        Group& g = all[i * count / sorted.size()];
        g.weight += c.weight;
        g.s2 += c.weight * c.s * c.s;
        g.distance2 += c.weight * (c.x * c.x + c.y * c.y);
    }
    for (Group& g : all) g.s2 /= g.weight, g.distance2 /= g.weight;
    return all;
}

} // namespace

std::vector<double> logDensityGap(const Mixture& data, const Schedule& schedule, const Journey& journey) {
    std::vector<double> gap(journey.steps.size() + 1, 0.0);
    if (data.empty()) return gap;
    for (const Group& g : groups(data)) {
        const double s2 = g.s2;
        const std::vector<Moments> steps = predict({{1, 0}, {s2, s2}, {3 * s2 * s2, 3 * s2 * s2}}, journey);
        for (std::size_t k = std::size_t(journey.turn) + (journey.fromPrior ? 0 : 1); k < steps.size(); ++k) {
            const double t = journey.times[k], alpha = schedule.alpha(t), c = alpha * alpha * s2 + schedule.variance(t);
            const double off = steps[k].mean[0] - alpha;
            gap[k] -= g.weight * (steps[k].variance[0] / c - 1 + 0.5 * off * off * g.distance2 / c);
        }
    }
    return gap;
}

std::vector<Affine> affineWay(const Journey& journey) {
    std::vector<Affine> way{{1, journey.startDeviation}};
    for (int k = 0; k < journey.turn; ++k) {
        const Step& step = journey.steps[std::size_t(k)];
        way.push_back({step.keep * way.back().scale, std::hypot(step.keep * way.back().noise, step.noise)});
    }
    return way;
}

double meanBand(const Moments& law, int axis, double count) { return sigmas * std::sqrt(law.variance[axis] / count); }

double varianceBand(const Moments& law, int axis, double count) {
    if (count < 2) return 0;
    const double v = law.variance[axis];
    return sigmas * std::sqrt((law.fourth[axis] - v * v * (count - 3) / (count - 1)) / count);
}

} // namespace orrery::diffusion
