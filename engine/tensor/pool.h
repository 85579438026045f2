// SPDX-License-Identifier: GPL-3.0-or-later
// Buffers that are used again: training makes and drops the same tensors in each step. One queue runs everything in order
// and the recorder's barriers go by buffer, so a buffer is free for new work as soon as nobody holds it.
#pragma once

#include "engine/tensor/context.h"

#include <list>
#include <map>

namespace orrery::tensor {

/// Bytes that a buffer of the pool takes for so many: four sizes to the octave, so that it serves tensors of nearly its size.
std::uint64_t pooledBytes(std::uint64_t bytes);

struct Context::Pool : std::enable_shared_from_this<Context::Pool> {
    static constexpr std::uint64_t guardBytes = 256;
    static constexpr std::uint32_t poison = 0x7FC0DEADu; ///< a NaN

    explicit Pool(gpu::Device& owner, bool withGuards) : device(owner), guarded(withGuards) {}

    struct Lease {
        gpu::Buffer buffer;
        std::uint64_t used = 0; ///< bytes that belong to the tensor
    };
    /// The lease gives the buffer back when its last holder lets go.
    std::shared_ptr<Lease> lease(std::uint64_t bytes);

    gpu::Device& device;
    bool guarded;
    std::multimap<std::uint64_t, gpu::Buffer> free; ///< by size
    std::list<std::weak_ptr<Lease>> leases;         ///< guarded only
};

} // namespace orrery::tensor
