// SPDX-License-Identifier: GPL-3.0-or-later
#define VOLK_IMPLEMENTATION
#include "engine/gpu/vulkan.h"

#include <string>

namespace orrery::gpu {

void check(VkResult result, const char* what) {
    const std::string start = std::string("could not ") + what + ": ";
    switch (result) {
        case VK_SUCCESS:
        case VK_INCOMPLETE:
        case VK_TIMEOUT:
        case VK_NOT_READY:
        case VK_SUBOPTIMAL_KHR:
            return;
        case VK_ERROR_OUT_OF_HOST_MEMORY:
            throw OutOfMemory(start + "the computer is out of memory; close something or use less data");
        case VK_ERROR_OUT_OF_DEVICE_MEMORY:
            throw OutOfMemory(start + "the graphics device is out of memory; use fewer particles or smaller data");
        case VK_ERROR_DEVICE_LOST:
            throw DeviceLost(start + "the graphics device was lost (driver reset, or the device was removed)");
        case VK_ERROR_INCOMPATIBLE_DRIVER:
            throw NoVulkan(start + "the driver offers no compatible Vulkan; install a newer driver or mesa-vulkan-drivers");
        default:
            throw Error(start + "Vulkan error " + std::to_string(int(result)));
    }
}

} // namespace orrery::gpu

#ifdef __SANITIZE_ADDRESS__
/// What a driver keeps is told apart from leaks by the driver's name (tests/support/lsan.supp), which is gone once it is unloaded.
extern "C" int dlclose(void*) { return 0; }
#endif
