// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/gpu/pipelines.h"

#include "engine/cache_folder.h"
#include "engine/error.h"
#include "engine/replace_file.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace orrery::gpu {
namespace {

namespace fs = std::filesystem;

/// The cache of another device or driver is refused here, not left to the driver (header: spec section 10.7.1).
std::vector<char> readCache(const std::string& file, const DeviceInfo& info) {
    std::ifstream in(file, std::ios::binary);
    std::vector<char> bytes((std::istreambuf_iterator<char>(in)), {});
    VkPipelineCacheHeaderVersionOne header;
    if (bytes.size() < sizeof header) return {};
    std::memcpy(&header, bytes.data(), sizeof header);
    VkPhysicalDeviceProperties properties;
    vkGetPhysicalDeviceProperties(info.handle, &properties);
    const bool ours = header.headerVersion == VK_PIPELINE_CACHE_HEADER_VERSION_ONE && header.vendorID == properties.vendorID &&
                      header.deviceID == properties.deviceID &&
                      std::memcmp(header.pipelineCacheUUID, properties.pipelineCacheUUID, VK_UUID_SIZE) == 0;
    return ours ? bytes : std::vector<char>{};
}

std::string keyOf(const KernelOptions& o) {
    std::string key = o.name;
    for (std::uint32_t v : o.local) key += ' ' + std::to_string(v);
    for (std::uint32_t v : o.constants) key += ' ' + std::to_string(v);
    return key;
}

} // namespace

std::string defaultPipelineCacheFile(const DeviceInfo& info) {
    const fs::path folder = userCacheFolder();
    if (folder.empty()) return {};
    std::string name = info.name + '-' + info.driver;
    std::replace_if(
        name.begin(), name.end(), [](unsigned char c) { return !std::isalnum(c) && c != '-' && c != '.'; }, '_');
    return (folder / ("pipelines-" + name + ".bin")).string();
}

VkFormat texelFormat(Element element) {
    switch (element) {
        case Element::f32:
            return VK_FORMAT_R32_SFLOAT;
        case Element::vec2:
            return VK_FORMAT_R32G32_SFLOAT;
        case Element::vec4:
            return VK_FORMAT_R32G32B32A32_SFLOAT;
        case Element::u32:
            return VK_FORMAT_R32_UINT;
        case Element::uvec2:
            return VK_FORMAT_R32G32_UINT;
        case Element::uvec4:
            return VK_FORMAT_R32G32B32A32_UINT;
        case Element::half:
            return VK_FORMAT_R16_SFLOAT;
        case Element::half4:
            return VK_FORMAT_R16G16B16A16_SFLOAT;
    }
    return VK_FORMAT_UNDEFINED;
}

std::uint32_t elementBytes(Element element) {
    switch (element) {
        case Element::f32:
        case Element::u32:
            return 4;
        case Element::vec2:
        case Element::uvec2:
        case Element::half4:
            return 8;
        case Element::half:
            return 2;
        case Element::vec4:
        case Element::uvec4:
            break;
    }
    return 16;
}

Pipelines::Pipelines(VkDevice device, const DeviceInfo& info, ReadPath readPath, std::string cacheFile)
    : m_device(device), m_readPath(readPath), m_cacheFile(std::move(cacheFile)) {
    const std::vector<char> bytes = m_cacheFile.empty() ? std::vector<char>{} : readCache(m_cacheFile, info);
    const VkPipelineCacheCreateInfo cacheInfo{VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO, nullptr, 0, bytes.size(),
                                              bytes.data()};
    check(vkCreatePipelineCache(device, &cacheInfo, nullptr, &m_cache), "create the pipeline cache");
}

Pipelines::~Pipelines() {
    if (!m_cacheFile.empty()) {
        std::size_t size = 0;
        vkGetPipelineCacheData(m_device, m_cache, &size, nullptr);
        std::vector<char> bytes(size);
        if (vkGetPipelineCacheData(m_device, m_cache, &size, bytes.data()) == VK_SUCCESS && size > 0) {
            // A cache that cannot be written costs the next start some time and nothing else, so failure is silent.
            std::error_code error;
            fs::create_directories(fs::path(m_cacheFile).parent_path(), error);
            try {
                replaceFile(m_cacheFile, [&](std::ostream& out) { out.write(bytes.data(), std::streamsize(size)); });
            } catch (const Error&) {
            }
        }
    }
    vkDestroyPipelineCache(m_device, m_cache, nullptr);
    for (const auto& [key, built] : m_built) destroy(*built);
}

void Pipelines::destroy(const Kernel::Built& built) const {
    vkDestroyPipeline(m_device, built.pipeline, nullptr);
    vkDestroyPipelineLayout(m_device, built.layout, nullptr);
    vkDestroyDescriptorSetLayout(m_device, built.setLayout, nullptr);
}

const std::shared_ptr<const Kernel::Built>& Pipelines::get(const KernelOptions& options) {
    const std::string key = keyOf(options);
    if (const auto known = m_built.find(key); known != m_built.end()) return known->second;
    auto built = std::make_shared<Kernel::Built>();
    try {
        build(options, *built);
    } catch (...) {
        destroy(*built);
        throw;
    }
    return m_built[key] = std::move(built);
}

void Pipelines::build(const KernelOptions& options, Kernel::Built& built) {
    std::vector<VkDescriptorSetLayoutBinding> bindings;
    for (const Binding& binding : options.bindings) {
        const bool texel = m_readPath == ReadPath::texel && binding.access == Access::read;
        built.types.push_back(texel ? VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER : VK_DESCRIPTOR_TYPE_STORAGE_BUFFER);
        bindings.push_back({std::uint32_t(bindings.size()), built.types.back(), 1, VK_SHADER_STAGE_COMPUTE_BIT, nullptr});
    }
    const VkDescriptorSetLayoutCreateInfo setInfo{VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO, nullptr, 0,
                                                  std::uint32_t(bindings.size()), bindings.data()};
    check(vkCreateDescriptorSetLayout(m_device, &setInfo, nullptr, &built.setLayout), "create a descriptor layout");
    const VkPushConstantRange push{VK_SHADER_STAGE_COMPUTE_BIT, 0, options.pushBytes};
    const VkPipelineLayoutCreateInfo layoutInfo{
        VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO, nullptr, 0, 1, &built.setLayout, options.pushBytes ? 1u : 0u, &push};
    check(vkCreatePipelineLayout(m_device, &layoutInfo, nullptr, &built.layout), "create a pipeline layout");

    const Spirv code = embeddedShader(options.name + ".comp." + (m_readPath == ReadPath::texel ? "texel" : "storage"));
    const VkShaderModuleCreateInfo moduleInfo{VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO, nullptr, 0, code.bytes, code.words};
    VkShaderModule module = VK_NULL_HANDLE;
    check(vkCreateShaderModule(m_device, &moduleInfo, nullptr, &module), "load a shader");

    std::vector<std::uint32_t> constants(options.local.begin(), options.local.end());
    constants.insert(constants.end(), options.constants.begin(), options.constants.end());
    std::vector<VkSpecializationMapEntry> entries;
    for (std::uint32_t i = 0; i < constants.size(); ++i) entries.push_back({i, i * 4, 4});
    const VkSpecializationInfo special{std::uint32_t(entries.size()), entries.data(), constants.size() * 4, constants.data()};
    const VkComputePipelineCreateInfo info{
        VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        nullptr,
        0,
        {VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO, nullptr, 0, VK_SHADER_STAGE_COMPUTE_BIT, module, "main", &special},
        built.layout,
        VK_NULL_HANDLE,
        -1};
    const VkResult result = vkCreateComputePipelines(m_device, m_cache, 1, &info, nullptr, &built.pipeline);
    vkDestroyShaderModule(m_device, module, nullptr);
    check(result, ("make the kernel " + options.name).c_str());
}

} // namespace orrery::gpu
