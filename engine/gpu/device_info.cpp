// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/gpu/device_info.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstring>
#include <optional>

namespace orrery::gpu {

const char* toString(DeviceKind kind) {
    switch (kind) {
        case DeviceKind::discrete:
            return "discrete GPU";
        case DeviceKind::integrated:
            return "integrated GPU";
        case DeviceKind::virtualised:
            return "virtual GPU";
        case DeviceKind::cpu:
            return "CPU";
        case DeviceKind::other:
            break;
    }
    return "other device";
}

std::string DeviceInfo::version() const {
    return std::to_string(VK_API_VERSION_MAJOR(apiVersion)) + '.' + std::to_string(VK_API_VERSION_MINOR(apiVersion)) + '.' +
           std::to_string(VK_API_VERSION_PATCH(apiVersion));
}

bool findQueueFamily(VkPhysicalDevice device, std::uint32_t& family, std::uint32_t& timestampBits) {
    std::uint32_t count = 0;
    vkGetPhysicalDeviceQueueFamilyProperties(device, &count, nullptr);
    std::vector<VkQueueFamilyProperties> families(count);
    vkGetPhysicalDeviceQueueFamilyProperties(device, &count, families.data());
    constexpr VkQueueFlags needed = VK_QUEUE_COMPUTE_BIT | VK_QUEUE_GRAPHICS_BIT;
    for (std::uint32_t i = 0; i < count; ++i)
        if ((families[i].queueFlags & needed) == needed) {
            family = i;
            timestampBits = families[i].timestampValidBits;
            return true;
        }
    return false;
}

bool hasExtension(VkPhysicalDevice device, const char* name) {
    std::uint32_t count = 0;
    vkEnumerateDeviceExtensionProperties(device, nullptr, &count, nullptr);
    std::vector<VkExtensionProperties> all(count);
    vkEnumerateDeviceExtensionProperties(device, nullptr, &count, all.data());
    return std::any_of(all.begin(), all.end(), [&](const auto& e) { return std::strcmp(e.extensionName, name) == 0; });
}

namespace {

DeviceKind kindOf(VkPhysicalDeviceType type) {
    switch (type) {
        case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
            return DeviceKind::discrete;
        case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
            return DeviceKind::integrated;
        case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:
            return DeviceKind::virtualised;
        case VK_PHYSICAL_DEVICE_TYPE_CPU:
            return DeviceKind::cpu;
        default:
            return DeviceKind::other;
    }
}

/// What our kernels for matrix units want (shaders/tensor/*_cooperative.comp): fragments of 16 x 16, f16 summed in f32, by
/// subgroups of 32. The Vulkan headers and the shader compiler of Debian 12 know this extension and not yet the KHR one.
bool offersMatrixUnits(const DeviceInfo& info) {
    if (!info.float16 || info.subgroupSize != 32 || !hasExtension(info.handle, VK_NV_COOPERATIVE_MATRIX_EXTENSION_NAME))
        return false;
    if (info.limits.maxComputeSharedMemorySize < 48u << 10 || info.limits.maxComputeWorkGroupInvocations < 256) return false;
    std::uint32_t count = 0;
    vkGetPhysicalDeviceCooperativeMatrixPropertiesNV(info.handle, &count, nullptr);
    std::vector<VkCooperativeMatrixPropertiesNV> all(
        count, {VK_STRUCTURE_TYPE_COOPERATIVE_MATRIX_PROPERTIES_NV, nullptr, 0, 0, 0, {}, {}, {}, {}, {}});
    vkGetPhysicalDeviceCooperativeMatrixPropertiesNV(info.handle, &count, all.data());
    constexpr VkComponentTypeNV half = VK_COMPONENT_TYPE_FLOAT16_NV, single = VK_COMPONENT_TYPE_FLOAT32_NV;
    return std::any_of(all.begin(), all.end(), [&](const VkCooperativeMatrixPropertiesNV& p) {
        return p.MSize == 16 && p.NSize == 16 && p.KSize == 16 && p.AType == half && p.BType == half && p.CType == single &&
               p.DType == single && p.scope == VK_SCOPE_SUBGROUP_NV;
    });
}

DeviceInfo describe(VkPhysicalDevice handle) {
    VkPhysicalDeviceSubgroupProperties subgroup{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES, nullptr, 0, 0, 0, 0};
    VkPhysicalDeviceDriverProperties driver{};
    driver.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES;
    driver.pNext = &subgroup;
    VkPhysicalDeviceProperties2 properties{};
    properties.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2;
    DeviceInfo info;
    info.handle = handle;
    vkGetPhysicalDeviceProperties(handle, &properties.properties);
    info.name = properties.properties.deviceName;
    info.kind = kindOf(properties.properties.deviceType);
    info.apiVersion = properties.properties.apiVersion;
    info.limits = properties.properties.limits;
    if (info.apiVersion < VK_API_VERSION_1_2) {
        info.whyNot = "offers Vulkan " + info.version() + ", 1.2 is needed";
        return info;
    }
    properties.pNext = &driver;
    vkGetPhysicalDeviceProperties2(handle, &properties);
    info.driver = std::string(driver.driverName) + ' ' + driver.driverInfo;
    info.subgroupSize = subgroup.subgroupSize;

    VkPhysicalDeviceVulkan12Features v12{};
    v12.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES;
    VkPhysicalDeviceVulkan11Features v11{};
    v11.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES;
    v11.pNext = &v12;
    VkPhysicalDeviceFeatures2 features{};
    features.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2;
    features.pNext = &v11;
    vkGetPhysicalDeviceFeatures2(handle, &features);
    info.storage16 = v11.storageBuffer16BitAccess;
    info.float16 = v12.shaderFloat16;
    info.subgroupSizeControl = hasExtension(handle, "VK_EXT_subgroup_size_control");
    info.atomicFloat = hasExtension(handle, "VK_EXT_shader_atomic_float");
    info.cooperativeMatrix = v12.vulkanMemoryModel && v12.vulkanMemoryModelDeviceScope && offersMatrixUnits(info);

    VkPhysicalDeviceMemoryProperties memory;
    vkGetPhysicalDeviceMemoryProperties(handle, &memory);
    for (std::uint32_t i = 0; i < memory.memoryHeapCount; ++i)
        if (memory.memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT)
            info.deviceMemory = std::max<std::uint64_t>(info.deviceMemory, memory.memoryHeaps[i].size);

    std::uint32_t family = 0, bits = 0;
    if (!v12.timelineSemaphore)
        info.whyNot = "has no timeline semaphores";
    else if (!findQueueFamily(handle, family, bits))
        info.whyNot = "has no queue for compute and graphics";
    else
        info.usable = true;
    return info;
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return char(std::tolower(c)); });
    return text;
}

std::string listOf(const std::vector<DeviceInfo>& devices) {
    std::string text;
    for (std::size_t i = 0; i < devices.size(); ++i)
        text += (i ? "; " : "") + std::to_string(i) + " " + devices[i].name + " (" + toString(devices[i].kind) +
                (devices[i].usable ? "" : ", " + devices[i].whyNot) + ")";
    return text;
}

} // namespace

std::vector<DeviceInfo> describeDevices(VkInstance instance) {
    std::uint32_t count = 0;
    check(vkEnumeratePhysicalDevices(instance, &count, nullptr), "list the Vulkan devices");
    std::vector<VkPhysicalDevice> handles(count);
    check(vkEnumeratePhysicalDevices(instance, &count, handles.data()), "list the Vulkan devices");
    std::vector<DeviceInfo> all;
    for (VkPhysicalDevice handle : handles) all.push_back(describe(handle));
    return all;
}

DeviceChoice chooseDevice(const std::vector<DeviceInfo>& devices, const std::string& wanted) {
    if (devices.empty())
        throw NoVulkan("Vulkan offers no device on this machine; install a driver (mesa-vulkan-drivers also offers the CPU)");
    const auto kindIs = [&](auto test) -> std::optional<std::size_t> {
        for (std::size_t i = 0; i < devices.size(); ++i)
            if (devices[i].usable && test(devices[i])) return i;
        return std::nullopt;
    };
    if (!wanted.empty()) {
        std::size_t index = 0;
        const auto [end, error] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), index);
        const bool isIndex = error == std::errc() && end == wanted.data() + wanted.size();
        std::optional<std::size_t> found;
        if (isIndex)
            found = index < devices.size() && devices[index].usable ? std::optional(index) : std::nullopt;
        else if (lower(wanted) == "cpu")
            found = kindIs([](const DeviceInfo& d) { return d.kind == DeviceKind::cpu; });
        else if (lower(wanted) == "gpu")
            found = kindIs([](const DeviceInfo& d) { return d.kind != DeviceKind::cpu; });
        else
            found = kindIs([&](const DeviceInfo& d) { return lower(d.name).find(lower(wanted)) != std::string::npos; });
        if (!found) throw NoVulkan("no usable Vulkan device matches '" + wanted + "'; there is: " + listOf(devices));
        return {*found, "asked for by '" + wanted + "'"};
    }
    for (DeviceKind kind :
         {DeviceKind::discrete, DeviceKind::integrated, DeviceKind::virtualised, DeviceKind::cpu, DeviceKind::other})
        if (const auto found = kindIs([&](const DeviceInfo& d) { return d.kind == kind; })) {
            const auto same =
                std::count_if(devices.begin(), devices.end(), [&](const DeviceInfo& d) { return d.usable && d.kind == kind; });
            const char* rank = kind == DeviceKind::cpu ? ", as there is no usable GPU" : "";
            return {*found, std::string(same > 1 ? "the first " : "the only ") + toString(kind) + rank};
        }
    throw NoVulkan("no Vulkan device of this machine can be used: " + listOf(devices));
}

} // namespace orrery::gpu
