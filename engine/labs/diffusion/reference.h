// SPDX-License-Identifier: GPL-3.0-or-later
// The float64 twin of shaders/diffusion: the same steps on the same random numbers, with a running first-order bound for
// what float32 may do to the particle (rounding of each step, carried on by the step's Jacobian).
#pragma once

#include "engine/labs/diffusion/journey.h"
#include "engine/labs/diffusion/mixture.h"

namespace orrery::diffusion {

class Reference {
 public:
    struct Particle {
        double x = 0, y = 0;
        double bound = 0;  ///< |float32 - float64| stays below it
        bool lost = false; ///< the bound outgrew first order: near a watershed rounding decides the way
    };

    /// Keeps references to mixture and journey.
    Reference(const Mixture& mixture, const Journey& journey, std::uint64_t seed);

    /// Particle i before the first step, and the place of a particle that starts elsewhere.
    Particle start(std::uint32_t i) const;
    /// The marginals that step `k` needs; ask once per step and reuse it for all particles.
    struct Scores {
        std::vector<Marginal> at; ///< none, one, or for Heun two
    };
    Scores scores(std::size_t k) const;
    Particle next(const Particle& particle, std::uint32_t i, std::size_t k, const Scores& scores) const;

    /// The whole way of particle i: steps + 1 places.
    std::vector<Particle> path(std::uint32_t i) const;

    /// Places beyond it are held there, on the GPU too: a run that explodes stays finite.
    static constexpr double wall = 1e12;

 private:
    const Mixture& m_mixture;
    const Journey& m_journey;
    std::uint64_t m_seed;
    AliasTable m_table;
};

} // namespace orrery::diffusion
