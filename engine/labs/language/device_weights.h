// SPDX-License-Identifier: GPL-3.0-or-later
// The weights of a model on a Vulkan device, as shaders/language/product.comp reads them.
#pragma once

#include "engine/gpu/recorder.h"
#include "engine/labs/language/model_weights.h"

namespace orrery::language {

/// A matrix in one buffer, or in several where the device cannot address it whole.
struct DeviceMatrix {
    struct Part {
        int firstRow = 0, rows = 0;
        gpu::Buffer buffer{};
    };
    std::vector<Part> parts{};
    WeightType type = WeightType::f32;
    int rows = 0;
    std::uint32_t rowStride = 0; ///< in 16 bytes
    std::uint32_t lanes = 4;     ///< invocations that share a row; by its length alone
    double bytes = 0;
};

struct DeviceBlock {
    gpu::Buffer norm1{}, norm1Bias{}, norm2{}, norm2Bias{}, qkvBias{}, outBias{}, upBias{}, downBias{}; ///< null: none
    DeviceMatrix qkv{}, out{}, up{}, down{};
};

struct DeviceWeights {
    std::vector<DeviceBlock> blocks{};
    gpu::Buffer norm{}, normBias{};
    DeviceMatrix output{};
};

/// Copies all but the tables, of which a pass gets its rows from the host. Throws Error where the device's memory does not do.
DeviceWeights uploadWeights(gpu::Device& device, const ModelWeights& weights);

} // namespace orrery::language
