// SPDX-License-Identifier: GPL-3.0-or-later
// A run's state in the device's memory, where it stays from step to step; and sums over its points there.
#pragma once

#include "engine/labs/embedding/optimiser.h"
#include "engine/tensor/context.h"

namespace orrery::embedding {

/// How work is cut up. Sums depend on team and shares, which are the device's kind's; nothing depends on the group.
struct DeviceShape {
    std::uint32_t group = 64; ///< invocations of a workgroup
    std::uint32_t team = 1;   ///< of them for a row of the graph, or a point's nodes: 1, 2, 4 or 8
    std::uint32_t shares = 1; ///< in which a point's pairs are taken
    static DeviceShape of(const gpu::Device& device) { return device.isCpu() ? DeviceShape{} : DeviceShape{64, 8, 16}; }
};

/// Why so many points cannot be held by this device; empty when they can.
std::string deviceRefusal(const gpu::Device& device, std::int64_t points);

class Resident {
 public:
    explicit Resident(tensor::Context& context) : m_context(context) {}
    /// Brings the state to the device unless it is the one that is there; true when it had to.
    bool hold(const State& state);
    /// Waits for the device and fetches what it has made of the state that it holds.
    void take(State& state);

    std::uint32_t points() const { return std::uint32_t(m_last.y.n); }
    std::uint32_t padded() const { return std::uint32_t(m_last.y.padded()); }
    int dims() const { return m_last.y.dims; }
    /// [3, padded, 4]: places (beyond the last: far away), then speeds, then scales, as in State; of two axes the third is 0.
    const tensor::Tensor& tensor() const { return m_tensor; }

 private:
    tensor::Context& m_context;
    tensor::Tensor m_tensor;
    State m_last; ///< as it was brought or taken last
};

using Four = std::array<float, 4>;

/// The sum of the first `count` vec4 of x, as [1, 4]; `shares` of them, `stride` apart, make up each. A tree that goes by the
/// count alone.
tensor::Tensor sumOf(tensor::Context& context, const tensor::Tensor& x, std::uint32_t count, std::uint32_t group,
                     std::uint32_t shares = 1, std::uint32_t stride = 0);
/// Least and most of the first `count` vec4 of x, as [2, 4].
tensor::Tensor boundsOf(tensor::Context& context, const tensor::Tensor& x, std::uint32_t count, std::uint32_t group);
struct PlaceOf {
    tensor::Tensor x;
    std::uint64_t at; ///< which of its vec4
};
/// Waits, once for all.
std::vector<Four> readFours(tensor::Context& context, const std::vector<PlaceOf>& places);

} // namespace orrery::embedding
