// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/pool.h"

#include <bit>

namespace orrery::tensor {

std::uint64_t pooledBytes(std::uint64_t bytes) {
    if (bytes <= 256) return 256;
    const std::uint64_t step = std::bit_floor(bytes - 1) / 4;
    return (bytes + step - 1) / step * step;
}

std::shared_ptr<Context::Pool::Lease> Context::Pool::lease(std::uint64_t bytes) {
    const std::uint64_t size = pooledBytes(bytes + (guarded ? guardBytes : 0));
    const auto found = free.find(size);
    gpu::Buffer buffer;
    if (found != free.end()) {
        buffer = std::move(found->second);
        free.erase(found);
    } else {
        const auto make = [&] {
            // On a CPU device the host works on the same memory; elsewhere the device's own is the fastest.
            return device.buffer({.name = "tensor",
                                  .size = size,
                                  .residence = device.isCpu() ? gpu::Residence::readback : gpu::Residence::device});
        };
        try {
            buffer = make();
        } catch (const gpu::OutOfMemory&) {
            free.clear(); // buffers of other sizes that nobody uses
            device.waitIdle();
            buffer = make();
        }
    }
    auto giveBack = [pool = weak_from_this(), size](Lease* lease) {
        if (const auto alive = pool.lock()) {
            alive->free.emplace(size, std::move(lease->buffer));
        }
        delete lease;
    };
    std::shared_ptr<Lease> lease(new Lease{buffer, bytes}, std::move(giveBack));
    if (guarded) leases.push_back(lease);
    return lease;
}

} // namespace orrery::tensor
