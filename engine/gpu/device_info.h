// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/gpu/instance.h"

namespace orrery::gpu {

std::vector<DeviceInfo> describeDevices(VkInstance instance);
/// The first queue family for compute, graphics and transfer; nothing when there is none.
bool findQueueFamily(VkPhysicalDevice device, std::uint32_t& family, std::uint32_t& timestampBits);
bool hasExtension(VkPhysicalDevice device, const char* name);

} // namespace orrery::gpu
