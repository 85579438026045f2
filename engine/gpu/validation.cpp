// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/gpu/validation.h"

#include "engine/gpu/instance.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string_view>
#include <utility>

namespace orrery::gpu {
namespace {

constexpr const char* layerName = "VK_LAYER_KHRONOS_validation";

std::mutex messagesMutex;
std::vector<std::string> messages;
bool active = false;

/// On stderr: stdout belongs to the results of a command.
spdlog::logger& log() {
    static const auto logger = spdlog::stderr_logger_mt("validation");
    return *logger;
}

VKAPI_ATTR VkBool32 VKAPI_CALL collect(VkDebugUtilsMessageSeverityFlagBitsEXT severity, VkDebugUtilsMessageTypeFlagsEXT type,
                                       const VkDebugUtilsMessengerCallbackDataEXT* data, void*) {
    // The loader itself reports the drivers it skips as "general" messages; they say nothing about this program.
    if (type == VK_DEBUG_UTILS_MESSAGE_TYPE_GENERAL_BIT_EXT) return VK_FALSE;
    if (severity < VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT) return VK_FALSE;
    const std::lock_guard lock(messagesMutex);
    if (messages.size() < 200) messages.emplace_back(data->pMessage);
    log().error("validation: {}", data->pMessage);
    return VK_FALSE;
}

std::string_view wanted() {
    const char* value = std::getenv("ORRERY_VALIDATION");
    return value ? value : "";
}

} // namespace

const std::vector<std::string>& validationMessages() { return messages; }
std::vector<std::string> takeValidationMessages() {
    const std::lock_guard lock(messagesMutex);
    return std::exchange(messages, {});
}
bool validationActive() { return active; }
bool wantsSyncValidation() { return wanted() == "sync"; }

bool requestValidation(bool option, std::vector<const char*>& layers, std::vector<const char*>& extensions) {
    if (!option && (wanted().empty() || wanted() == "0")) return false;
    std::uint32_t count = 0;
    vkEnumerateInstanceLayerProperties(&count, nullptr);
    std::vector<VkLayerProperties> available(count);
    vkEnumerateInstanceLayerProperties(&count, available.data());
    for (const VkLayerProperties& layer : available)
        if (std::strcmp(layer.layerName, layerName) == 0) {
            layers.push_back(layerName);
            extensions.push_back(VK_EXT_DEBUG_UTILS_EXTENSION_NAME);
            return true;
        }
    log().warn("validation: ORRERY_VALIDATION is set, but {} is not installed (package vulkan-validationlayers)", layerName);
    return false;
}

VkDebugUtilsMessengerEXT listenToValidation(VkInstance instance) {
    const VkDebugUtilsMessengerCreateInfoEXT info{
        .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT,
        .pNext = nullptr,
        .flags = 0,
        .messageSeverity = VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT,
        .messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_GENERAL_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT |
                       VK_DEBUG_UTILS_MESSAGE_TYPE_PERFORMANCE_BIT_EXT,
        .pfnUserCallback = collect,
        .pUserData = nullptr};
    VkDebugUtilsMessengerEXT messenger = VK_NULL_HANDLE;
    check(vkCreateDebugUtilsMessengerEXT(instance, &info, nullptr, &messenger), "listen to the validation layer");
    active = true;
    return messenger;
}

} // namespace orrery::gpu
