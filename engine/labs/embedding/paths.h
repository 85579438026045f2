// SPDX-License-Identifier: GPL-3.0-or-later
// Who searches for neighbours and multiplies for components: the host, or the device where it is a GPU.
#pragma once

#include "engine/labs/embedding/neighbours_device.h"
#include "engine/labs/embedding/pca.h"

namespace orrery::embedding {

struct Paths {
    gpu::Device* device = nullptr; ///< null: the host
    std::shared_ptr<Turns> turns{};
    explicit operator bool() const { return device != nullptr; }
};

/// Multiply-adds of all pairs from which on the device is asked: below, the host is done before the device has begun.
constexpr double leastOnDevice = 0x1p24;

/// `how`: in words, which way it went.
Neighbours neighboursBy(const Paths& paths, bool descent, const Matrix& values, std::int64_t k, Metric metric, std::uint64_t seed,
                        Progress& progress, std::string& how);
Pca pcaBy(const Paths& paths, const Matrix& values, const PcaOptions& options, Progress& progress, std::string& how);

} // namespace orrery::embedding
