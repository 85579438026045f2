// SPDX-License-Identifier: GPL-3.0-or-later
// What the diffusion tests share: the standard case of the golden values, and runs of the particles.
#pragma once

#include "engine/labs/diffusion/particles.h"
#include "engine/labs/diffusion/reference.h"
#include "engine/labs/diffusion/theory.h"
#include "tests/support/test_main.h"

namespace orrery::diffusion::test {

/// |a - b| within half a unit of the last printed digit of a golden value (and float64 rounding).
inline bool printed(double value, double golden, double lastDigit) { return std::abs(value - golden) <= 0.51 * lastDigit; }

/// Standard case G along x: N(1.5, 0.25), VP 0.1 to 20. Along y the same about 0.
inline Mixture gaussian(double mean = 1.5, double deviation = 0.5) { return {{{mean, 0, deviation, 1}}}; }

inline Mixture twoPeaks() { return {{{1, 0, 0.2, 0.5}, {-1, 0, 0.2, 0.5}}}; }

/// Three unequal Gaussians, about standardised.
inline Mixture uneven() { return {{{-1.0, 0.5, 0.25, 0.25}, {0.9, 0.8, 0.3, 0.25}, {0.15, -0.9, 0.15, 0.5}}}; }

inline Journey journeyOf(Way way, int steps, Method method = Method::sde, double lambda = 1, Mistake mistake = Mistake::none,
                         const Schedule& schedule = {}, ForwardStep forward = ForwardStep::em) {
    JourneyOptions options;
    options.way = way, options.forward = forward, options.method = method, options.mistake = mistake;
    options.steps = options.forwardSteps = steps;
    options.lambda = lambda;
    return plan(schedule, options);
}

/// Mean and deviation along x at the end of a journey of the standard case, by the recursion of moments.
inline std::pair<double, double> endOf(const Journey& journey, const Mixture& data = gaussian()) {
    const Moments end = predict(data.moments(), journey).back();
    return {end.mean[0], std::sqrt(end.variance[0])};
}

inline std::shared_ptr<const Kernels> kernels(gpu::Device& device = orrery::test::device()) {
    return std::make_shared<const Kernels>(device);
}

class Run {
 public:
    Run(Mixture mixture, Journey journey, std::uint32_t count, std::uint64_t seed = 7,
        gpu::Device& device = orrery::test::device())
        : m_device(device), m_particles(device, kernels(device)) {
        m_particles.start({std::make_shared<const Mixture>(std::move(mixture)),
                           std::make_shared<const Journey>(std::move(journey)), count, seed});
    }

    Particles& particles() { return m_particles; }

    void to(int step, double budgetMs = 1000) {
        for (bool there = false; !there;) {
            gpu::Recorder recorder = m_device.record("test");
            there = m_particles.advance(recorder, step, budgetMs);
            m_device.submit(std::move(recorder));
        }
    }

    /// x, y of each particle.
    std::vector<float> places(std::uint32_t count = 0) {
        gpu::Recorder recorder = m_device.record("test");
        const gpu::Download download = recorder.download({m_particles.places(), 0, 8ull * (count ? count : m_particles.count())});
        m_device.wait(m_device.submit(std::move(recorder)));
        const auto values = download.as<float>();
        return {values.begin(), values.end()};
    }

    std::vector<float> at(int step, std::uint32_t count = 0) {
        to(step);
        return places(count);
    }

 private:
    gpu::Device& m_device;
    Particles m_particles;
};

/// The largest of |GPU - reference| / bound over the first `count` particles at the given steps; lost particles are left out,
/// and counted.
struct Deviation {
    double ratio = 0, distance = 0;
    int lost = 0, compared = 0;
};
inline Deviation compare(Run& run, const Mixture& mixture, const Journey& journey, const std::vector<int>& steps,
                         std::uint32_t count, std::uint64_t seed = 7) {
    const Reference reference(mixture, journey, seed);
    std::vector<Reference::Particle> particles;
    for (std::uint32_t i = 0; i < count; ++i) particles.push_back(reference.start(i));
    Deviation worst;
    int reached = 0;
    for (const int step : steps) {
        for (; reached < step; ++reached) {
            const Reference::Scores scores = reference.scores(std::size_t(reached));
            for (std::uint32_t i = 0; i < count; ++i)
                particles[i] = reference.next(particles[i], i, std::size_t(reached), scores);
        }
        const std::vector<float> places = run.at(step, count);
        for (std::uint32_t i = 0; i < count; ++i) {
            const Reference::Particle& p = particles[i];
            if (p.lost) {
                ++worst.lost;
                continue;
            }
            const double distance = std::hypot(places[2 * i] - p.x, places[2 * i + 1] - p.y);
            ++worst.compared;
            worst.distance = std::max(worst.distance, distance);
            worst.ratio = std::max(worst.ratio, std::isfinite(distance) ? distance / p.bound : 1e30);
        }
    }
    return worst;
}

} // namespace orrery::diffusion::test
