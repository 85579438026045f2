// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/gpu/kernel.h"

#include "engine/gpu/pipelines.h"
#include "engine/gpu/shader_table.h"

namespace orrery::gpu {

Kernel::Kernel(Device& device, KernelOptions options) : m_options(std::move(options)) {
    const VkPhysicalDeviceLimits& limits = device.info().limits;
    const auto& local = m_options.local;
    if (m_options.pushBytes > 128)
        throw Error("kernel " + m_options.name + " wants " + std::to_string(m_options.pushBytes) +
                    " bytes of push constants; 128 is what every device offers");
    if (local[0] * local[1] * local[2] > limits.maxComputeWorkGroupInvocations)
        throw Error("kernel " + m_options.name + " wants " + std::to_string(local[0] * local[1] * local[2]) +
                    " invocations in a workgroup; this device offers " + std::to_string(limits.maxComputeWorkGroupInvocations));
}

std::uint32_t Kernel::groups(std::uint64_t items) const {
    return std::uint32_t((items + m_options.local[0] - 1) / m_options.local[0]);
}

const Kernel::Built& Kernel::built(Device& device) const {
    if (!m_built) m_built = device.pipelines().get(m_options);
    return *m_built;
}

Spirv embeddedShader(const std::string& name) {
    for (const EmbeddedShader* shader = embeddedShaders; shader->name; ++shader)
        if (name == shader->name) return {shader->words, shader->bytes};
    throw Error("the program holds no shader named " + name);
}

} // namespace orrery::gpu
