// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/diffusion/step_watch.h"

#include "engine/labs/diffusion/rounding.h"
#include "engine/philox.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

namespace orrery::diffusion {

namespace {

constexpr std::uint32_t most = 4; ///< a particle's step takes some 0.1 ms in float64

struct Taken { ///< a step in float64, and what float32 may make of it
    double x = 0, y = 0, bound = 0;
};

/// keep x + pull s(x), no noise.
Taken pulled(double x, double y, double keep, double pull, const StepWatch::Score& s) {
    const double size = std::abs(keep) * std::hypot(x, y) + std::abs(pull) * std::hypot(s.value[0], s.value[1]);
    return {keep * x + pull * s.value[0], keep * y + pull * s.value[1],
            std::abs(pull) * s.rounding + rounding::unit * rounding::step * 2 * size};
}

} // namespace

StepWatch::Score scoreOf(const ScoreNetReference& net, const Head& head, double x, double y, double alpha, double sigma) {
    const ScoreNetReference::Output f = net.at(x, y, alpha, sigma);
    StepWatch::Score s;
    const double places[2] = {x, y};
    double parts = 0, rounding = 0;
    for (const int axis : {0, 1}) {
        s.value[axis] = head.scoreOfPlace * places[axis] + head.scoreOfOutput * f.value[axis];
        parts += std::abs(head.scoreOfPlace * places[axis]) + std::abs(head.scoreOfOutput * f.value[axis]);
        rounding += std::abs(head.scoreOfOutput) * f.rounding[axis];
    }
    s.rounding = rounding + 4 * rounding::unit * parts; // the two parts may nearly cancel
    return s;
}

void StepWatch::reset(std::shared_ptr<const Mixture> mixture, std::shared_ptr<const Journey> journey, std::uint64_t seed,
                      std::uint32_t particles) {
    m_mixture = std::move(mixture), m_journey = std::move(journey), m_seed = seed;
    m_reference.emplace(*m_mixture, *m_journey, seed);
    m_particles = std::min(particles, most);
    m_deviations.clear();
}

void StepWatch::work(const Measures& measures, const ScoreModel& model, double budgetMs) {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point start = Clock::now();
    if (!m_net || m_version != model.version()) {
        m_net.emplace(model.net().shape(), model.values());
        m_version = model.version();
    }
    while (m_particles > 0 && int(m_deviations.size()) < measures.rows()) {
        const std::size_t step = m_deviations.size();
        m_deviations.push_back(step == 0 ? begun(measures.row(0))
                                         : compare(measures.row(int(step) - 1), measures.row(int(step)), step - 1, model));
        if (std::chrono::duration<double, std::milli>(Clock::now() - start).count() > budgetMs) return;
    }
}

namespace {

void keepWorst(Watch::Deviation& worst, double& ratio, double distance, double bound, std::uint32_t particle) {
    if (std::isnan(distance)) distance = std::numeric_limits<double>::infinity();
    if (distance / bound <= ratio) return;
    ratio = distance / bound;
    worst.distance = distance, worst.bound = bound, worst.particle = particle;
}

} // namespace

Watch::Deviation StepWatch::begun(std::span<const float> row) const {
    Watch::Deviation worst;
    double ratio = -1;
    for (std::uint32_t i = 0; i < m_particles; ++i) {
        const Reference::Particle p = m_reference->start(i);
        keepWorst(worst, ratio, std::hypot(row[2 * i] - p.x, row[2 * i + 1] - p.y), p.bound, i);
    }
    return worst;
}

Watch::Deviation StepWatch::compare(std::span<const float> before, std::span<const float> after, std::size_t k,
                                    const ScoreModel& model) const {
    const Step& step = m_journey->steps[k];
    const auto score = [&](double x, double y, double alpha, double sigma) {
        return scoreOf(*m_net, model.head(alpha, sigma), x, y, alpha, sigma);
    };
    Watch::Deviation worst;
    double ratio = -1;
    for (std::uint32_t i = 0; i < m_particles; ++i) {
        const double x = before[2 * i], y = before[2 * i + 1];
        StepWatch::Score s;
        if (step.pull != 0) s = score(x, y, step.alpha, std::sqrt(step.variance));
        Taken next = pulled(x, y, step.keep, step.pull, s);
        if (step.heun) {
            const double sigma2 = std::sqrt(step.variance2), reach = std::max(next.bound, 1e-9);
            const auto second = [&](double atX, double atY) {
                return pulled(atX, atY, step.keep2, step.pull2, score(atX, atY, step.alpha2, sigma2));
            };
            const Taken here = second(next.x, next.y);
            // What the first half's rounding becomes: its slope along both axes, by differences.
            const Taken right = second(next.x + reach, next.y), up = second(next.x, next.y + reach);
            const double carried = std::hypot(right.x - here.x, right.y - here.y) + std::hypot(up.x - here.x, up.y - here.y);
            next = {0.5 * (x + here.x), 0.5 * (y + here.y),
                    0.5 * (here.bound + carried * next.bound / reach +
                           rounding::unit * rounding::step * (std::hypot(x, y) + std::hypot(here.x, here.y)))};
        }
        if (step.noise != 0) {
            const auto [zx, zy] = normalPair(philox(m_seed, i, step.counter, std::uint32_t(step.stream)));
            next.x += step.noise * zx, next.y += step.noise * zy;
            next.bound += rounding::unit * (rounding::normal * std::abs(step.noise) * std::hypot(zx, zy) +
                                            rounding::step * std::hypot(next.x, next.y));
        }
        next.x = std::clamp(next.x, -Reference::wall, Reference::wall);
        next.y = std::clamp(next.y, -Reference::wall, Reference::wall);
        keepWorst(worst, ratio, std::hypot(after[2 * i] - next.x, after[2 * i + 1] - next.y), rounding::safety * next.bound, i);
    }
    return worst;
}

const Watch::Deviation* StepWatch::at(int step) const {
    return step >= 0 && std::size_t(step) < m_deviations.size() ? &m_deviations[std::size_t(step)] : nullptr;
}

} // namespace orrery::diffusion
