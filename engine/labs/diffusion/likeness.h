// SPDX-License-Identifier: GPL-3.0-or-later
// Are the particles where the density is? Mean log density of some of them under the true marginal, beside that of as many
// exact draws from the law they should have. Means and variances do not see a cloud that has crumbled; this does.
#pragma once

#include "engine/labs/diffusion/particles.h"
#include "engine/labs/diffusion/theory.h"

#include <deque>
#include <map>

namespace orrery::diffusion {

class Likeness {
 public:
    Likeness(gpu::Device& device, std::shared_ptr<const Kernels> kernels);

    /// Null: nothing to compare. `seed` makes the exact draws. May throw OutOfMemory; then it compares nothing.
    void reset(std::shared_ptr<DataBuffers> data, std::uint32_t particles, std::uint64_t seed);
    /// Records the comparison at `step`, if it has not been made. The exact draws are law.scale x_0 + law.noise z.
    void compare(gpu::Recorder& recorder, const gpu::Buffer& places, int step, const Affine& law, double alpha, double variance);
    void collect();

    struct Result { ///< means of ln p, and five standard deviations of their difference
        double particles = 0, exact = 0, band = 0;
    };
    const Result* at(int step) const;

 private:
    struct Pending {
        int step;
        gpu::Download particles, exact;
    };
    gpu::Device& m_device;
    std::shared_ptr<const Kernels> m_kernels;
    std::shared_ptr<DataBuffers> m_data;
    std::unique_ptr<TableBuffer> m_table;
    gpu::Buffer m_origins, m_draws, m_densities[2];
    std::uint32_t m_count = 0, m_room = 0; ///< compared, and rounded up to whole workgroups
    std::uint64_t m_seed = 1;
    bool m_drawn = false;
    std::deque<Pending> m_pending;
    std::map<int, std::optional<Result>> m_results; ///< by step; empty while under way
};

} // namespace orrery::diffusion
