// SPDX-License-Identifier: GPL-3.0-or-later
// The one place where Vulkan is included. Its functions are loaded at run time by volk, so that a machine
// without a Vulkan loader gets a sentence instead of a linker error.
#pragma once

#ifndef VK_NO_PROTOTYPES
#define VK_NO_PROTOTYPES
#endif
#include <volk.h>

#include "engine/error.h"

namespace orrery::gpu {

class NoVulkan : public Error { // no loader, or no device behind it
 public:
    using Error::Error;
};
class OutOfMemory : public Error {
 public:
    using Error::Error;
};
class DeviceLost : public Error {
 public:
    using Error::Error;
};

/// Throws the matching error when a Vulkan call fails; `what` completes "could not …".
void check(VkResult result, const char* what);

} // namespace orrery::gpu
