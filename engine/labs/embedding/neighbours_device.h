// SPDX-License-Identifier: GPL-3.0-or-later
// The k nearest rows of each row on the Vulkan device: shaders/embedding/nearest*.comp and descent*.comp.
#pragma once

#include "engine/labs/embedding/device_turns.h"
#include "engine/labs/embedding/neighbours.h"

namespace orrery::embedding {

struct DeviceSearchOptions {
    std::uint32_t tile = 0;    ///< rows of a workgroup: 32, 64 or 128; 0: what suits the device. The result does not depend on it
    std::uint32_t group = 64;  ///< invocations of the other kernels: 8 to 128, a power of two
    std::int64_t partRows = 0; ///< rows of a part of the table; 0: as many as a binding holds
};

/// What a search cost and how often the host had to help.
struct DeviceSearchReport {
    bool onDevice = false;              ///< false: the device cannot hold it, the host did it all
    std::int64_t doubtfulRows = 0;      ///< searched again by the host: more rows are equally far than a list holds
    std::int64_t doubtfulPairs = 0;     ///< measured again by the host: nearer to a tie, or to a rounding, than 2^-44 can tell
    double deviceMs = 0, longestMs = 0; ///< in slices; the longest of them but the first, which makes the pipelines
    int slices = 0, rounds = 0;         ///< the latter of NN-descent
    double flops = 0;                   ///< of the products
};

/// Whether the device can take it: k to 782, rows that a binding can hold, fewer than 2^27 of them. What it cannot the host does.
bool deviceSearches(const gpu::Device& device, const Matrix& values, std::int64_t k);

/// The lists of exactNeighbours(), bit for bit. In three steps, of which the device takes the two that cost: products of all pairs
/// in float32, of which each row keeps somewhat more than k candidates; these again in 48 bits, in order; and the host, which knows
/// how far each value may be from the float64 one, decides what is closer than that.
/// FLOPs 2 n^2 D, and 35 n k D of the second step; bytes n^2 D / 16 from caches (a tile of 64 x 128), n D and n k to memory.
Neighbours exactNeighbours(gpu::Device& device, Turns& turns, const Matrix& values, std::int64_t k, Metric metric,
                           Progress& progress, const DeviceSearchOptions& options = {}, DeviceSearchReport* report = nullptr);

/// NN-descent as approximateNeighbours() goes about it, with lists that differ where float32 sums in another order do: the same
/// for the same seed on the same device, whatever the workgroups.
Neighbours approximateNeighbours(gpu::Device& device, Turns& turns, const Matrix& values, std::int64_t k, Metric metric,
                                 std::uint64_t seed, Progress& progress, const DeviceSearchOptions& options = {},
                                 DeviceSearchReport* report = nullptr);

} // namespace orrery::embedding
