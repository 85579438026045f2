// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/imgui_renderer.h"

#include "ui/render/imgui_version.h"
#include "ui/render/texture.h"

#include <algorithm>
#include <cstddef>

namespace orrery::ui {
namespace {

PipelineOptions imguiPipeline(VkRenderPass pass) {
    return {.vertex = "draw/imgui.vert",
            .fragment = "draw/imgui.frag",
            .pass = pass,
            .sources = {Source::image},
            .pushBytes = sizeof(std::array<float, 4>),
            .vertexStride = sizeof(ImDrawVert),
            .attributes = {{0, 0, VK_FORMAT_R32G32_SFLOAT, offsetof(ImDrawVert, pos)},
                           {1, 0, VK_FORMAT_R32G32_SFLOAT, offsetof(ImDrawVert, uv)},
                           {2, 0, VK_FORMAT_R8G8B8A8_UNORM, offsetof(ImDrawVert, col)}}};
}

} // namespace

ImguiRenderer::ImguiRenderer(gpu::Device& device, VkRenderPass pass)
    : m_device(device), m_pipeline(device, imguiPipeline(pass)) {}
ImguiRenderer::~ImguiRenderer() = default;

void* ImguiRenderer::addTexture(std::uint32_t width, std::uint32_t height, const void* rgba) {
    auto texture = std::make_unique<Texture>();
    const std::size_t bytes = rgba ? std::size_t(width) * height * 4 : 0;
    texture->image = makeTexture(m_device, Texel::rgba8, width, height, {static_cast<const std::byte*>(rgba), bytes});
    m_textures.push_back(std::move(texture));
    return m_textures.back().get();
}

void ImguiRenderer::removeTexture(void* id) {
    std::erase_if(m_textures, [id](const auto& texture) { return texture.get() == id; });
}

VkDescriptorSet ImguiRenderer::setOf(gpu::Recorder& recorder, void* id) {
    for (const auto& [known, set] : m_sets)
        if (known == id) return set;
    // An id that was removed, or never given out, draws nothing.
    const bool alive = std::any_of(m_textures.begin(), m_textures.end(), [id](const auto& t) { return t.get() == id; });
    const VkDescriptorSet set = alive ? m_pipeline.bind(recorder, {static_cast<Texture*>(id)->image}) : VK_NULL_HANDLE;
    m_sets.emplace_back(id, set);
    return set;
}

void ImguiRenderer::prepare(gpu::Recorder& recorder, const ImDrawData* data) {
    m_batches.clear();
    m_sets.clear();
    m_geometry = {};
    if (!data || !data->Valid || data->TotalVtxCount <= 0 || data->TotalIdxCount <= 0) return;
    m_width = std::uint32_t(std::max(0.f, data->DisplaySize.x * data->FramebufferScale.x));
    m_height = std::uint32_t(std::max(0.f, data->DisplaySize.y * data->FramebufferScale.y));
    if (m_width == 0 || m_height == 0) return;
    m_toClip = {2 / data->DisplaySize.x, 2 / data->DisplaySize.y, -1 - data->DisplayPos.x * 2 / data->DisplaySize.x,
                -1 - data->DisplayPos.y * 2 / data->DisplaySize.y};

    // One buffer for this frame alone: the recorder frees it when the GPU is done, so frames in flight need no counting.
    m_indexOffset = std::uint64_t(data->TotalVtxCount) * sizeof(ImDrawVert);
    m_geometry = m_device.buffer({.name = "panel geometry",
                                  .size = m_indexOffset + std::uint64_t(data->TotalIdxCount) * sizeof(ImDrawIdx),
                                  .residence = gpu::Residence::upload,
                                  .vertexOrIndex = true});
    recorder.keep(m_geometry);
    gather(recorder, *data);
}

void ImguiRenderer::gather(gpu::Recorder& recorder, const ImDrawData& data) {
    auto* const bytes = static_cast<std::byte*>(m_geometry.mapped());
    auto* vertices = reinterpret_cast<ImDrawVert*>(bytes);
    auto* indices = reinterpret_cast<ImDrawIdx*>(bytes + m_indexOffset);
    std::uint32_t vertexBase = 0, indexBase = 0;
    for (int l = 0; l < data.CmdListsCount; ++l) {
        const ImDrawList& list = *data.CmdLists[l];
        std::copy_n(list.VtxBuffer.Data, list.VtxBuffer.Size, vertices + vertexBase);
        std::copy_n(list.IdxBuffer.Data, list.IdxBuffer.Size, indices + indexBase);
        for (const ImDrawCmd& command : list.CmdBuffer) {
            if (command.UserCallback) {
                if (command.UserCallback != ImDrawCallback_ResetRenderState) command.UserCallback(&list, &command);
                continue;
            }
            const auto px = [&](float at, float origin, float scale, std::uint32_t most) {
                return std::int32_t(std::clamp((at - origin) * scale, 0.f, float(most)));
            };
            const std::int32_t left = px(command.ClipRect.x, data.DisplayPos.x, data.FramebufferScale.x, m_width);
            const std::int32_t top = px(command.ClipRect.y, data.DisplayPos.y, data.FramebufferScale.y, m_height);
            const std::int32_t right = px(command.ClipRect.z, data.DisplayPos.x, data.FramebufferScale.x, m_width);
            const std::int32_t bottom = px(command.ClipRect.w, data.DisplayPos.y, data.FramebufferScale.y, m_height);
            const VkDescriptorSet set = setOf(recorder, fromTextureId(textureOf(command)));
            if (!set || right <= left || bottom <= top || command.ElemCount == 0) continue;
            m_batches.push_back({set,
                                 {{left, top}, {std::uint32_t(right - left), std::uint32_t(bottom - top)}},
                                 command.ElemCount,
                                 indexBase + command.IdxOffset,
                                 std::int32_t(vertexBase + command.VtxOffset)});
        }
        vertexBase += std::uint32_t(list.VtxBuffer.Size);
        indexBase += std::uint32_t(list.IdxBuffer.Size);
    }
}

void ImguiRenderer::play(VkCommandBuffer commands) {
    if (!m_batches.empty()) {
        setViewport(commands, m_width, m_height);
        vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, m_pipeline.handle());
        vkCmdPushConstants(commands, m_pipeline.layout(), Pipeline::stages, 0, sizeof m_toClip, m_toClip.data());
        const VkBuffer geometry = m_geometry.handle();
        const VkDeviceSize start = 0;
        vkCmdBindVertexBuffers(commands, 0, 1, &geometry, &start);
        vkCmdBindIndexBuffer(commands, geometry, m_indexOffset,
                             sizeof(ImDrawIdx) == 2 ? VK_INDEX_TYPE_UINT16 : VK_INDEX_TYPE_UINT32);
    }
    VkDescriptorSet boundSet = VK_NULL_HANDLE;
    for (const Batch& batch : m_batches) {
        if (batch.set != boundSet)
            vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, m_pipeline.layout(), 0, 1, &batch.set, 0, nullptr);
        boundSet = batch.set;
        vkCmdSetScissor(commands, 0, 1, &batch.scissor);
        vkCmdDrawIndexed(commands, batch.indices, 1, batch.firstIndex, batch.firstVertex, 0);
    }
    m_batches.clear();
    m_geometry = {};
}

} // namespace orrery::ui
