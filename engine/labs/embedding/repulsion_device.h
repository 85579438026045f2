// SPDX-License-Identifier: GPL-3.0-or-later
// All pairs of the repulsion on the Vulkan device: shaders/embedding/repulsion.comp.
#pragma once

#include "engine/labs/embedding/picture_points.h"
#include "engine/tensor/context.h"

namespace orrery::embedding {

class DeviceRepulsion {
 public:
    /// `group`: invocations of a workgroup; the result does not depend on it.
    explicit DeviceRepulsion(gpu::Device& device, std::uint32_t group = 64);
    /// As exactRepulsion(), within float32 of another order of the sums. Waits for the device; from one thread at a time.
    double run(const PicturePoints& y, PicturePoints& push);

 private:
    tensor::Context m_context;
    std::uint32_t m_group;
    tensor::Tensor m_points, m_pushes;
    std::vector<float> m_values;
};

} // namespace orrery::embedding
