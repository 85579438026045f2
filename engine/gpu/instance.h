// SPDX-License-Identifier: GPL-3.0-or-later
// The Vulkan instance: the loader, the validation layer and the list of devices.
#pragma once

#include "engine/gpu/vulkan.h"

#include <cstdint>
#include <string>
#include <vector>

namespace orrery::gpu {

enum class DeviceKind { discrete, integrated, virtualised, cpu, other };
const char* toString(DeviceKind kind);

/// What one physical device is and offers. Sizes in bytes.
struct DeviceInfo {
    std::string name;
    std::string driver; ///< name and version as the driver gives them
    DeviceKind kind = DeviceKind::other;
    std::uint32_t apiVersion = 0;
    bool usable = false; ///< Vulkan 1.2 with timeline semaphores and a queue for compute and graphics
    std::string whyNot;  ///< if not usable
    VkPhysicalDevice handle = VK_NULL_HANDLE;
    VkPhysicalDeviceLimits limits{};
    std::uint32_t subgroupSize = 0;
    std::uint64_t deviceMemory = 0; ///< largest device-local heap
    bool storage16 = false, float16 = false, subgroupSizeControl = false, atomicFloat = false,
         cooperativeMatrix = false; ///< optional features: used where present, never needed

    std::string version() const; ///< "1.3.230"
};

struct InstanceOptions {
    bool validation = false;   ///< also switched on by ORRERY_VALIDATION=1
    bool presentation = false; ///< surface extensions of this platform, for the window
};

class Instance {
 public:
    explicit Instance(const InstanceOptions& options = {}); ///< throws NoVulkan
    ~Instance();
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;

    VkInstance handle() const { return m_handle; }
    bool canPresent() const { return m_canPresent; }
    const std::vector<DeviceInfo>& devices() const { return m_devices; }

 private:
    VkInstance m_handle = VK_NULL_HANDLE;
    VkDebugUtilsMessengerEXT m_messenger = VK_NULL_HANDLE;
    bool m_canPresent = false;
    std::vector<DeviceInfo> m_devices;
};

/// A device's index and the reason in words ("the only discrete GPU", "named by --device", …).
struct DeviceChoice {
    std::size_t index = 0;
    std::string reason;
};

/// `wanted`: empty (discrete, then integrated, then virtual, then CPU), an index, "cpu", "gpu", or part of a name.
/// Throws NoVulkan with the list of what there is.
DeviceChoice chooseDevice(const std::vector<DeviceInfo>& devices, const std::string& wanted);

/// Messages the validation layer gave since the program started (empty when it is off).
const std::vector<std::string>& validationMessages();
/// The same, and forgets them: for a test that provokes one.
std::vector<std::string> takeValidationMessages();
bool validationActive();

} // namespace orrery::gpu
