// SPDX-License-Identifier: GPL-3.0-or-later
// Compute pipelines by name and constants, made once and cached on disk between runs.
#pragma once

#include "engine/gpu/kernel.h"

#include <map>

namespace orrery::gpu {

struct Kernel::Built {
    VkPipeline pipeline = VK_NULL_HANDLE;
    VkPipelineLayout layout = VK_NULL_HANDLE;
    VkDescriptorSetLayout setLayout = VK_NULL_HANDLE;
    std::vector<VkDescriptorType> types; ///< of the bindings, on this device's read path
};

class Pipelines {
 public:
    /// `cacheFile`: empty for none.
    Pipelines(VkDevice device, const DeviceInfo& info, ReadPath readPath, std::string cacheFile);
    ~Pipelines();
    Pipelines(const Pipelines&) = delete;

    const std::shared_ptr<const Kernel::Built>& get(const KernelOptions& options);
    VkPipelineCache cache() const { return m_cache; } ///< for the graphics pipelines of ui/render too

 private:
    void destroy(const Kernel::Built& built) const;
    void build(const KernelOptions& options, Kernel::Built& built);

    VkDevice m_device;
    ReadPath m_readPath;
    std::string m_cacheFile;
    VkPipelineCache m_cache = VK_NULL_HANDLE;
    std::map<std::string, std::shared_ptr<const Kernel::Built>> m_built;
};

/// Where this device's pipeline cache lives: the user's cache folder, a name of its own per device and driver.
std::string defaultPipelineCacheFile(const DeviceInfo& info);
VkFormat texelFormat(Element element);
std::uint32_t elementBytes(Element element);

} // namespace orrery::gpu
