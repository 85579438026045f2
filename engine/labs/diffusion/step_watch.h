// SPDX-License-Identifier: GPL-3.0-or-later
// The standing comparison for a learned score: each step of the first particles is computed again in float64 from where the
// GPU had them before it, with the network's own weights. One step at a time: a network promises no bound on how an error grows.
#pragma once

#include "engine/labs/diffusion/score_model.h"
#include "engine/labs/diffusion/watch.h"

namespace orrery::diffusion {

class StepWatch {
 public:
    struct Score { ///< at one place and level: value, and how far float32 may be from it
        double value[2] = {0, 0}, rounding = 0;
    };

    void reset(std::shared_ptr<const Mixture> mixture, std::shared_ptr<const Journey> journey, std::uint64_t seed,
               std::uint32_t particles);
    /// Goes on through the steps whose places have come back, for about `budgetMs`. The weights are read when they are others.
    void work(const Measures& measures, const ScoreModel& model, double budgetMs);
    const Watch::Deviation* at(int step) const;
    std::uint32_t watched() const { return m_particles; }

 private:
    Watch::Deviation compare(std::span<const float> before, std::span<const float> after, std::size_t k,
                             const ScoreModel& model) const;
    Watch::Deviation begun(std::span<const float> row) const;

    std::shared_ptr<const Mixture> m_mixture;
    std::shared_ptr<const Journey> m_journey;
    std::optional<Reference> m_reference;
    std::uint64_t m_seed = 1;
    std::uint32_t m_particles = 0;
    std::optional<ScoreNetReference> m_net;
    int m_version = -1;                         ///< of the weights in it
    std::vector<Watch::Deviation> m_deviations; ///< by step
};

/// The score that a network with this head gives, with what float32 may do to it.
StepWatch::Score scoreOf(const ScoreNetReference& net, const Head& head, double x, double y, double alpha, double sigma);

} // namespace orrery::diffusion
