// SPDX-License-Identifier: GPL-3.0-or-later
// Makes graphics pipelines and the draws that use them. A draw is prepared outside the render pass, where its buffers
// are declared to the recorder, and played inside.
#pragma once

#include "engine/gpu/recorder.h"

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace orrery::ui {

enum class Blend {
    over,     ///< source alpha over what is there
    screen,   ///< light on a dark ground: brightens, never clips
    multiply, ///< ink on paper
    add,      ///< sums, the fourth channel too
};

/// What a binding of set 0 is; buffers are declared in the shader by the READ macros of common/read.glsl.
enum class Source { uints, vec2s, vec4s, image };

struct PipelineOptions {
    std::string vertex, fragment; ///< names below shaders/, with their endings
    VkRenderPass pass = VK_NULL_HANDLE;
    std::vector<Source> sources; ///< from binding 0
    std::uint32_t pushBytes = 0; ///< at most 128
    Blend blend = Blend::over;
    std::vector<std::uint32_t> constants{}; ///< specialisation constants 0, 1, … of both stages
    std::uint32_t vertexStride = 0;         ///< bytes; 0: the vertex shader reads from `sources`
    std::vector<VkVertexInputAttributeDescription> attributes{};
};

struct Draw {
    VkPipeline pipeline = VK_NULL_HANDLE;
    VkPipelineLayout layout = VK_NULL_HANDLE;
    VkDescriptorSet set = VK_NULL_HANDLE;
    std::array<std::byte, 128> push{};
    std::uint32_t pushBytes = 0, vertices = 0;

    void play(VkCommandBuffer commands) const;
};

class Pipeline {
 public:
    Pipeline(gpu::Device& device, const PipelineOptions& options);
    ~Pipeline(); ///< what was submitted with it may still run
    Pipeline(const Pipeline&) = delete;

    using Bound = std::variant<gpu::Buffer, gpu::Image>;
    /// One per source. Declares the buffers as read and keeps everything alive; call it outside a render pass.
    VkDescriptorSet bind(gpu::Recorder& recorder, std::initializer_list<Bound> bound) const;

    template <class Push>
    Draw draw(gpu::Recorder& recorder, std::initializer_list<Bound> bound, const Push& push, std::uint32_t vertices) const {
        static_assert(sizeof(Push) <= sizeof(Draw::push));
        Draw result{m_pipeline, m_layout, bind(recorder, bound), {}, sizeof(Push), vertices};
        std::memcpy(result.push.data(), &push, sizeof(Push));
        return result;
    }

    VkPipeline handle() const { return m_pipeline; }
    VkPipelineLayout layout() const { return m_layout; }
    static constexpr VkShaderStageFlags stages = VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT;

 private:
    void makeLayout(const PipelineOptions& options);
    void makePipeline(const PipelineOptions& options);

    gpu::Device& m_device;
    std::vector<VkDescriptorType> m_types;
    std::vector<Source> m_sources;
    VkSampler m_sampler = VK_NULL_HANDLE;
    VkDescriptorSetLayout m_setLayout = VK_NULL_HANDLE;
    VkPipelineLayout m_layout = VK_NULL_HANDLE;
    VkPipeline m_pipeline = VK_NULL_HANDLE;
};

/// Covers all of a target: viewport and scissor are dynamic in every pipeline.
void setViewport(VkCommandBuffer commands, std::uint32_t width, std::uint32_t height);

} // namespace orrery::ui
