// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/gpu/instance.h"

#include "engine/gpu/device_info.h"
#include "engine/gpu/validation.h"

#include <algorithm>
#include <cstring>

namespace orrery::gpu {
namespace {

std::vector<VkExtensionProperties> availableExtensions() {
    std::uint32_t count = 0;
    vkEnumerateInstanceExtensionProperties(nullptr, &count, nullptr);
    std::vector<VkExtensionProperties> all(count);
    vkEnumerateInstanceExtensionProperties(nullptr, &count, all.data());
    return all;
}

bool contains(const std::vector<VkExtensionProperties>& all, const char* name) {
    return std::any_of(all.begin(), all.end(), [&](const auto& e) { return std::strcmp(e.extensionName, name) == 0; });
}

} // namespace

Instance::Instance(const InstanceOptions& options) {
    if (volkInitialize() != VK_SUCCESS)
        throw NoVulkan(
            "no Vulkan loader was found on this machine; install it (Debian and Ubuntu: libvulkan1 mesa-vulkan-drivers)");

    std::vector<const char*> layers, extensions;
    const auto available = availableExtensions();
    const bool validation = requestValidation(options.validation, layers, extensions);
    VkInstanceCreateFlags flags = 0;
    if (contains(available, "VK_KHR_portability_enumeration")) { // Vulkan over Metal shows its devices only when asked
        extensions.push_back("VK_KHR_portability_enumeration");
        flags |= VkInstanceCreateFlags(0x1);
    }
    if (options.presentation && contains(available, VK_KHR_SURFACE_EXTENSION_NAME)) {
        extensions.push_back(VK_KHR_SURFACE_EXTENSION_NAME);
        for (const char* platform : {"VK_KHR_xcb_surface", "VK_KHR_xlib_surface", "VK_KHR_wayland_surface",
                                     "VK_KHR_win32_surface", "VK_EXT_metal_surface"})
            if (contains(available, platform)) {
                extensions.push_back(platform);
                m_canPresent = true;
            }
    }

    const VkValidationFeatureEnableEXT syncFeature = VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT;
    const VkValidationFeaturesEXT sync{VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT, nullptr, 1, &syncFeature, 0, nullptr};
    const VkApplicationInfo application{
        VK_STRUCTURE_TYPE_APPLICATION_INFO, nullptr, "Orrery", 1, "Orrery", 1, VK_API_VERSION_1_2};
    const VkInstanceCreateInfo info{VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
                                    validation && wantsSyncValidation() ? &sync : nullptr,
                                    flags,
                                    &application,
                                    std::uint32_t(layers.size()),
                                    layers.data(),
                                    std::uint32_t(extensions.size()),
                                    extensions.data()};
    check(vkCreateInstance(&info, nullptr, &m_handle), "start Vulkan");
    // Device functions through the loader's own dispatch: more than one device can live at a time (tests, device loss).
    volkLoadInstance(m_handle);
    if (validation) m_messenger = listenToValidation(m_handle);
    m_devices = describeDevices(m_handle);
}

Instance::~Instance() {
    if (m_messenger) vkDestroyDebugUtilsMessengerEXT(m_handle, m_messenger, nullptr);
    if (m_handle) vkDestroyInstance(m_handle, nullptr);
}

} // namespace orrery::gpu
