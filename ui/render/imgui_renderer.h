// SPDX-License-Identifier: GPL-3.0-or-later
// Draws ImGui's lists. Our own, not the packaged backend: textures of the caller's, one code for every version of ImGui.
#pragma once

#include "ui/render/pipeline.h"

#include <memory>
#include <vector>

struct ImDrawData;

namespace orrery::ui {

class ImguiRenderer {
 public:
    ImguiRenderer(gpu::Device& device, VkRenderPass pass);
    ~ImguiRenderer();

    /// RGBA8, rows from the top. The pointer is the id for ImGui (toTextureId), valid until removed.
    void* addTexture(std::uint32_t width, std::uint32_t height, const void* rgba);
    void removeTexture(void* id); ///< frames already recorded keep it alive

    /// Outside a pass: copies the geometry of the lists, which ImGui reuses in its next frame.
    void prepare(gpu::Recorder& recorder, const ImDrawData* data);
    void play(VkCommandBuffer commands); ///< what prepare() gathered, inside the pass

 private:
    struct Texture {
        gpu::Image image;
    };
    struct Batch { ///< one draw of ImGui, or a callback
        VkDescriptorSet set;
        VkRect2D scissor;
        std::uint32_t indices, firstIndex;
        std::int32_t firstVertex;
    };
    VkDescriptorSet setOf(gpu::Recorder& recorder, void* id);
    void gather(gpu::Recorder& recorder, const ImDrawData& data);

    gpu::Device& m_device;
    Pipeline m_pipeline;
    std::vector<std::unique_ptr<Texture>> m_textures;
    std::vector<std::pair<void*, VkDescriptorSet>> m_sets; ///< of the frame being prepared

    gpu::Buffer m_geometry; ///< vertices, then indices
    std::uint64_t m_indexOffset = 0;
    std::vector<Batch> m_batches;
    std::array<float, 4> m_toClip{};
    std::uint32_t m_width = 0, m_height = 0;
};

} // namespace orrery::ui
