// SPDX-License-Identifier: GPL-3.0-or-later
// The standing comparison of the GPU with the float64 reference: the first particles are computed again, a little per
// frame, and each step's deviation is kept beside the bound that rounding explains.
#pragma once

#include "engine/labs/diffusion/measures.h"
#include "engine/labs/diffusion/reference.h"

#include <optional>

namespace orrery::diffusion {

class Watch {
 public:
    /// At one step, of the particle that comes closest to its bound (or passes it).
    struct Deviation {
        double distance = 0, bound = 0;
        std::uint32_t particle = 0;
        int lost = 0; ///< particles whose bound outgrew first order and which are not judged
        bool within() const { return distance <= bound; }
    };

    void reset(std::shared_ptr<const Mixture> mixture, std::shared_ptr<const Journey> journey, std::uint64_t seed,
               std::uint32_t particles);
    /// Goes on through the steps whose places have come back, for about `budgetMs`.
    void work(const Measures& measures, double budgetMs);
    const Deviation* at(int step) const;
    std::uint32_t watched() const { return std::uint32_t(m_particles.size()); }

 private:
    Deviation compare(std::span<const float> row) const;

    std::shared_ptr<const Mixture> m_mixture;
    std::shared_ptr<const Journey> m_journey;
    std::optional<Reference> m_reference;
    std::vector<Reference::Particle> m_particles;
    std::vector<Deviation> m_deviations; ///< by step
};

} // namespace orrery::diffusion
