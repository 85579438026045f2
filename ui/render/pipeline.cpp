// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/pipeline.h"

#include "engine/gpu/pipelines.h"

#include <algorithm>

namespace orrery::ui {
namespace {

VkPipelineColorBlendAttachmentState blendState(Blend blend) {
    VkPipelineColorBlendAttachmentState state{};
    state.blendEnable = VK_TRUE;
    state.colorBlendOp = state.alphaBlendOp = VK_BLEND_OP_ADD;
    state.colorWriteMask = VK_COLOR_COMPONENT_R_BIT | VK_COLOR_COMPONENT_G_BIT | VK_COLOR_COMPONENT_B_BIT;
    switch (blend) {
        case Blend::over:
            state.srcColorBlendFactor = VK_BLEND_FACTOR_SRC_ALPHA;
            state.dstColorBlendFactor = VK_BLEND_FACTOR_ONE_MINUS_SRC_ALPHA;
            break;
        case Blend::screen:
            state.srcColorBlendFactor = VK_BLEND_FACTOR_ONE;
            state.dstColorBlendFactor = VK_BLEND_FACTOR_ONE_MINUS_SRC_COLOR;
            break;
        case Blend::multiply:
            state.srcColorBlendFactor = VK_BLEND_FACTOR_ZERO;
            state.dstColorBlendFactor = VK_BLEND_FACTOR_SRC_COLOR;
            break;
        case Blend::add:
            state.srcColorBlendFactor = state.dstColorBlendFactor = VK_BLEND_FACTOR_ONE;
            state.srcAlphaBlendFactor = state.dstAlphaBlendFactor = VK_BLEND_FACTOR_ONE;
            state.colorWriteMask |= VK_COLOR_COMPONENT_A_BIT;
            break;
    }
    return state;
}

VkFormat viewFormat(Source source) {
    switch (source) {
        case Source::uints:
            return VK_FORMAT_R32_UINT;
        case Source::vec2s:
            return VK_FORMAT_R32G32_SFLOAT;
        default:
            return VK_FORMAT_R32G32B32A32_SFLOAT;
    }
}

VkShaderModule loadShader(gpu::Device& device, const std::string& name) {
    const gpu::Spirv code = gpu::embeddedShader(name + (device.readPath() == gpu::ReadPath::texel ? ".texel" : ".storage"));
    const VkShaderModuleCreateInfo info{VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO, nullptr, 0, code.bytes, code.words};
    VkShaderModule module = VK_NULL_HANDLE;
    gpu::check(vkCreateShaderModule(device.handle(), &info, nullptr, &module), "load a shader");
    return module;
}

} // namespace

Pipeline::Pipeline(gpu::Device& device, const PipelineOptions& options) : m_device(device), m_sources(options.sources) {
    makeLayout(options);
    makePipeline(options);
}

Pipeline::~Pipeline() {
    m_device.afterSubmitted(
        [device = m_device.handle(), pipeline = m_pipeline, layout = m_layout, set = m_setLayout, sampler = m_sampler] {
            vkDestroyPipeline(device, pipeline, nullptr);
            vkDestroyPipelineLayout(device, layout, nullptr);
            vkDestroyDescriptorSetLayout(device, set, nullptr);
            if (sampler) vkDestroySampler(device, sampler, nullptr);
        });
}

void Pipeline::makeLayout(const PipelineOptions& options) {
    VkDevice device = m_device.handle();
    if (std::count(m_sources.begin(), m_sources.end(), Source::image)) {
        VkSamplerCreateInfo info{};
        info.sType = VK_STRUCTURE_TYPE_SAMPLER_CREATE_INFO;
        info.magFilter = info.minFilter = VK_FILTER_LINEAR;
        info.addressModeU = info.addressModeV = info.addressModeW = VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE;
        gpu::check(vkCreateSampler(device, &info, nullptr, &m_sampler), "create a sampler");
    }
    const bool texel = m_device.readPath() == gpu::ReadPath::texel;
    std::vector<VkDescriptorSetLayoutBinding> bindings;
    for (Source source : m_sources) {
        const bool image = source == Source::image;
        m_types.push_back(image   ? VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER
                          : texel ? VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER
                                  : VK_DESCRIPTOR_TYPE_STORAGE_BUFFER);
        bindings.push_back({std::uint32_t(bindings.size()), m_types.back(), 1, stages, image ? &m_sampler : nullptr});
    }
    const VkDescriptorSetLayoutCreateInfo setInfo{VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO, nullptr, 0,
                                                  std::uint32_t(bindings.size()), bindings.data()};
    gpu::check(vkCreateDescriptorSetLayout(device, &setInfo, nullptr, &m_setLayout), "create a descriptor layout");
    const VkPushConstantRange push{stages, 0, options.pushBytes};
    const VkPipelineLayoutCreateInfo info{VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO, nullptr, 0, 1, &m_setLayout, 1, &push};
    gpu::check(vkCreatePipelineLayout(device, &info, nullptr, &m_layout), "create a pipeline layout");
}

void Pipeline::makePipeline(const PipelineOptions& options) {
    std::vector<VkSpecializationMapEntry> entries;
    for (std::uint32_t i = 0; i < options.constants.size(); ++i) entries.push_back({i, i * 4, 4});
    const VkSpecializationInfo special{std::uint32_t(entries.size()), entries.data(), options.constants.size() * 4,
                                       options.constants.data()};
    VkPipelineShaderStageCreateInfo shaders[2]{};
    for (VkPipelineShaderStageCreateInfo& stage : shaders) {
        const bool vertex = &stage == shaders;
        stage.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO;
        stage.stage = vertex ? VK_SHADER_STAGE_VERTEX_BIT : VK_SHADER_STAGE_FRAGMENT_BIT;
        stage.module = loadShader(m_device, vertex ? options.vertex : options.fragment);
        stage.pName = "main";
        stage.pSpecializationInfo = &special;
    }

    const VkVertexInputBindingDescription binding{0, options.vertexStride, VK_VERTEX_INPUT_RATE_VERTEX};
    VkPipelineVertexInputStateCreateInfo input{};
    input.sType = VK_STRUCTURE_TYPE_PIPELINE_VERTEX_INPUT_STATE_CREATE_INFO;
    input.vertexBindingDescriptionCount = options.vertexStride ? 1 : 0;
    input.pVertexBindingDescriptions = &binding;
    input.vertexAttributeDescriptionCount = std::uint32_t(options.attributes.size());
    input.pVertexAttributeDescriptions = options.attributes.data();

    VkPipelineInputAssemblyStateCreateInfo assembly{};
    assembly.sType = VK_STRUCTURE_TYPE_PIPELINE_INPUT_ASSEMBLY_STATE_CREATE_INFO;
    assembly.topology = VK_PRIMITIVE_TOPOLOGY_TRIANGLE_LIST;
    VkPipelineViewportStateCreateInfo viewport{};
    viewport.sType = VK_STRUCTURE_TYPE_PIPELINE_VIEWPORT_STATE_CREATE_INFO;
    viewport.viewportCount = viewport.scissorCount = 1;
    VkPipelineRasterizationStateCreateInfo raster{};
    raster.sType = VK_STRUCTURE_TYPE_PIPELINE_RASTERIZATION_STATE_CREATE_INFO;
    raster.lineWidth = 1;
    VkPipelineMultisampleStateCreateInfo samples{};
    samples.sType = VK_STRUCTURE_TYPE_PIPELINE_MULTISAMPLE_STATE_CREATE_INFO;
    samples.rasterizationSamples = VK_SAMPLE_COUNT_1_BIT;
    const VkPipelineColorBlendAttachmentState blend = blendState(options.blend);
    VkPipelineColorBlendStateCreateInfo blending{};
    blending.sType = VK_STRUCTURE_TYPE_PIPELINE_COLOR_BLEND_STATE_CREATE_INFO;
    blending.attachmentCount = 1;
    blending.pAttachments = &blend;
    const VkDynamicState dynamic[] = {VK_DYNAMIC_STATE_VIEWPORT, VK_DYNAMIC_STATE_SCISSOR};
    const VkPipelineDynamicStateCreateInfo dynamics{VK_STRUCTURE_TYPE_PIPELINE_DYNAMIC_STATE_CREATE_INFO, nullptr, 0, 2, dynamic};

    VkGraphicsPipelineCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_GRAPHICS_PIPELINE_CREATE_INFO;
    info.stageCount = 2;
    info.pStages = shaders;
    info.pVertexInputState = &input;
    info.pInputAssemblyState = &assembly;
    info.pViewportState = &viewport;
    info.pRasterizationState = &raster;
    info.pMultisampleState = &samples;
    info.pColorBlendState = &blending;
    info.pDynamicState = &dynamics;
    info.layout = m_layout;
    info.renderPass = options.pass;
    const VkResult result =
        vkCreateGraphicsPipelines(m_device.handle(), m_device.pipelines().cache(), 1, &info, nullptr, &m_pipeline);
    for (const VkPipelineShaderStageCreateInfo& stage : shaders) vkDestroyShaderModule(m_device.handle(), stage.module, nullptr);
    gpu::check(result, ("make the pipeline of " + options.vertex).c_str());
}

VkDescriptorSet Pipeline::bind(gpu::Recorder& recorder, std::initializer_list<Bound> bound) const {
    const VkDescriptorSet set = recorder.descriptorSet(m_setLayout);
    std::vector<VkDescriptorBufferInfo> buffers(bound.size());
    std::vector<VkDescriptorImageInfo> images(bound.size());
    std::vector<VkBufferView> views(bound.size());
    std::vector<VkWriteDescriptorSet> writes;
    for (const Bound& one : bound) {
        const std::size_t i = writes.size();
        VkWriteDescriptorSet write{};
        write.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET;
        write.dstSet = set;
        write.dstBinding = std::uint32_t(i);
        write.descriptorCount = 1;
        write.descriptorType = m_types.at(i);
        if (const gpu::Image* image = std::get_if<gpu::Image>(&one)) {
            images[i] = {VK_NULL_HANDLE, image->view(), VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL};
            write.pImageInfo = &images[i];
            recorder.keep(*image);
        } else {
            const gpu::Buffer& buffer = std::get<gpu::Buffer>(one);
            if (write.descriptorType == VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER) {
                views[i] = buffer.view(viewFormat(m_sources[i]));
                write.pTexelBufferView = &views[i];
            } else {
                buffers[i] = {buffer.handle(), 0, VK_WHOLE_SIZE};
                if (buffer.size() > m_device.info().limits.maxStorageBufferRange)
                    buffers[i].range = m_device.info().limits.maxStorageBufferRange;
                write.pBufferInfo = &buffers[i];
            }
            recorder.reads(buffer);
        }
        writes.push_back(write);
    }
    vkUpdateDescriptorSets(m_device.handle(), std::uint32_t(writes.size()), writes.data(), 0, nullptr);
    return set;
}

void Draw::play(VkCommandBuffer commands) const {
    vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline);
    vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, layout, 0, 1, &set, 0, nullptr);
    vkCmdPushConstants(commands, layout, Pipeline::stages, 0, pushBytes, push.data());
    vkCmdDraw(commands, vertices, 1, 0, 0);
}

void setViewport(VkCommandBuffer commands, std::uint32_t width, std::uint32_t height) {
    const VkViewport viewport{0, 0, float(width), float(height), 0, 1};
    const VkRect2D scissor{{0, 0}, {width, height}};
    vkCmdSetViewport(commands, 0, 1, &viewport);
    vkCmdSetScissor(commands, 0, 1, &scissor);
}

} // namespace orrery::ui
