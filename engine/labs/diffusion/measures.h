// SPDX-License-Identifier: GPL-3.0-or-later
// What is read back from the GPU without ever waiting for it: means and variances of every step, the first particles' places,
// and counts for the marginals at the edges.
#pragma once

#include "engine/labs/diffusion/lab.h"
#include "engine/labs/diffusion/particles.h"

#include <deque>

namespace orrery::diffusion {

/// Mean and unbiased variance per axis of all particles after a step.
struct Measured {
    int step = 0;
    double mean[2] = {0, 0}, variance[2] = {0, 0};
};

class Measures {
 public:
    Measures(gpu::Device& device, std::shared_ptr<const Kernels> kernels);

    void reset(std::uint32_t particles);                                         ///< what is still under way is forgotten
    void arrived(gpu::Recorder& recorder, const Particles& particles, int step); ///< records the sums of a new step
    void flush(gpu::Recorder& recorder, const Particles& particles);             ///< asks for what arrived() recorded

    /// Steps whose numbers have come back since the last call, in order.
    std::vector<Measured> collect();
    /// Places x, y of the first 64 particles after `step`; empty until they have come back.
    std::span<const float> row(int step) const;
    int rows() const { return int(m_rows.size()); } ///< steps 0 … rows() - 1 have come back

 private:
    struct Pending {
        std::vector<int> steps;
        gpu::Download sums, places;
    };
    static constexpr std::uint32_t ringRows = 32;

    gpu::Device& m_device;
    std::shared_ptr<const Kernels> m_kernels;
    std::uint32_t m_particles = 0, m_lanes = 0;
    gpu::Buffer m_sums; ///< vec4 per lane, ringRows rows
    std::vector<int> m_recorded;
    std::deque<Pending> m_pending;
    std::vector<std::vector<float>> m_rows;
};

class Counts {
 public:
    Counts(gpu::Device& device, std::shared_ptr<const Kernels> kernels);

    void reset();
    void request(gpu::Recorder& recorder, const gpu::Buffer& places, std::uint32_t particles, int step, const double low[2],
                 const double high[2], std::uint32_t bins);
    void collect();
    const DiffusionLab::Histogram& newest() const { return m_newest; }

 private:
    struct Asked {
        DiffusionLab::Histogram shape;
        std::uint32_t bins = 0;
        int step = -1;
        bool same(const Asked& other) const;
    };
    gpu::Device& m_device;
    std::shared_ptr<const Kernels> m_kernels;
    gpu::Buffer m_counts;
    Asked m_last;
    std::deque<std::pair<Asked, gpu::Download>> m_pending;
    DiffusionLab::Histogram m_newest;
};

} // namespace orrery::diffusion
