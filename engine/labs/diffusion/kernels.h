// SPDX-License-Identifier: GPL-3.0-or-later
// The lab's kernels, and the data as they read it.
#pragma once

#include "engine/gpu/recorder.h"
#include "engine/labs/diffusion/mixture.h"

#include <utility>

namespace orrery::diffusion {

struct Kernels {
    explicit Kernels(gpu::Device& device);

    gpu::Kernel prepare, sample, prior, forward;
    gpu::Kernel sde, ode, heun; ///< shaders/diffusion/reverse.comp with noise, without, and second order
    gpu::Kernel field, density, moments, histogram;
    gpu::Kernel features, pull, compare; ///< of a learned score
};

/// A component on the GPU: vec4(mu_x, mu_y, s^2, log2 weight). Uploaded once; tables at times are made from it there.
class DataBuffers {
 public:
    DataBuffers(gpu::Device& device, const Mixture& mixture);

    void upload(gpu::Recorder& recorder); ///< the first time it is called
    std::uint32_t count() const { return m_count; }
    std::uint32_t padded() const { return (m_count + 7) / 8 * 8; } ///< rows of a table (common/mixture.glsl)
    const gpu::Buffer& data() const { return m_data; }
    const gpu::Buffer& alias() const { return m_alias; }

 private:
    std::uint32_t m_count = 0;
    std::vector<float> m_rows;
    std::vector<std::uint32_t> m_slots;
    gpu::Buffer m_data, m_alias;
};

/// Room for tables of the mixture at times, each remembered by its (alpha, variance).
class TableBuffer {
 public:
    TableBuffer(gpu::Device& device, const DataBuffers& data, std::uint32_t tables);

    /// Records table `slot` unless it is there already.
    void prepare(gpu::Recorder& recorder, const Kernels& kernels, const DataBuffers& data, std::uint32_t slot, double alpha,
                 double variance);
    std::uint32_t first(std::uint32_t slot) const { return slot * m_rows; } ///< row where it starts
    std::uint32_t rows() const { return m_rows; }
    /// The slot that holds this table, or -1.
    int find(double alpha, double variance) const;
    const gpu::Buffer& buffer() const { return m_buffer; }

 private:
    std::uint32_t m_rows;
    std::vector<std::pair<double, double>> m_held;
    gpu::Buffer m_buffer;
};

} // namespace orrery::diffusion
