// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/diffusion/watch.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

namespace orrery::diffusion {

namespace {

/// A pair takes some 20 ns in float64, so a step stays well below a tenth of a millisecond.
constexpr std::size_t pairsPerStep = 4096;
/// With more components a single particle would take more of a frame than drawing it.
constexpr std::size_t mostComponents = 1 << 16;

} // namespace

void Watch::reset(std::shared_ptr<const Mixture> mixture, std::shared_ptr<const Journey> journey, std::uint64_t seed,
                  std::uint32_t particles) {
    m_mixture = std::move(mixture), m_journey = std::move(journey);
    m_reference.emplace(*m_mixture, *m_journey, seed);
    m_particles.clear();
    m_deviations.clear();
    const std::size_t components = std::max<std::size_t>(m_mixture->components.size(), 1);
    if (components > mostComponents) return;
    const std::size_t most = std::clamp<std::size_t>(pairsPerStep / components, 1, Particles::trailColumns);
    for (std::uint32_t i = 0; i < std::min<std::size_t>(particles, most); ++i) m_particles.push_back(m_reference->start(i));
}

void Watch::work(const Measures& measures, double budgetMs) {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point start = Clock::now();
    while (!m_particles.empty() && int(m_deviations.size()) < measures.rows()) {
        const std::size_t step = m_deviations.size();
        if (step > 0) {
            const Reference::Scores scores = m_reference->scores(step - 1);
            for (std::uint32_t i = 0; i < m_particles.size(); ++i)
                m_particles[i] = m_reference->next(m_particles[i], i, step - 1, scores);
        }
        m_deviations.push_back(compare(measures.row(int(step))));
        if (std::chrono::duration<double, std::milli>(Clock::now() - start).count() > budgetMs) return;
    }
}

Watch::Deviation Watch::compare(std::span<const float> row) const {
    Deviation worst;
    double ratio = -1;
    for (std::uint32_t i = 0; i < m_particles.size(); ++i) {
        const Reference::Particle& p = m_particles[i];
        if (p.lost) {
            ++worst.lost;
            continue;
        }
        double distance = std::hypot(row[2 * i] - p.x, row[2 * i + 1] - p.y);
        if (std::isnan(distance)) distance = std::numeric_limits<double>::infinity(); // as far off as can be, not unseen
        if (distance / p.bound > ratio) {
            ratio = distance / p.bound;
            worst.distance = distance, worst.bound = p.bound, worst.particle = i;
        }
    }
    return worst;
}

const Watch::Deviation* Watch::at(int step) const {
    return step >= 0 && std::size_t(step) < m_deviations.size() ? &m_deviations[std::size_t(step)] : nullptr;
}

} // namespace orrery::diffusion
