// SPDX-License-Identifier: GPL-3.0-or-later
// Small pictures of one texture at many places of the screen.
#include "ui/render/layers_impl.h"

namespace orrery::ui {
namespace {

struct Push {
    glm::vec2 viewportPx;
    glm::ivec2 slot; ///< texels of one picture
    std::int32_t across, channels;
    float opacity;
    float unused = 0;
    glm::vec4 ground;
};

} // namespace

PipelineOptions spritesPipeline(VkRenderPass pass) {
    return {.vertex = "draw/sprites.vert",
            .fragment = "draw/sprites.frag",
            .pass = pass,
            .sources = {Source::vec4s, Source::image},
            .pushBytes = sizeof(Push)};
}

void Layers::sprites(const Frame& frame, const std::vector<Sprite>& sprites, const gpu::Image& sheet, const SpriteSheet& cut) {
    if (sprites.empty() || !sheet || cut.width <= 0 || cut.height <= 0) return;
    const std::uint64_t bytes = sprites.size() * sizeof(Sprite);
    const gpu::Buffer buffer = m_impl->device.buffer({.name = "sprites", .size = bytes, .residence = gpu::Residence::upload});
    std::memcpy(buffer.mapped(), sprites.data(), bytes);
    const Push push{{frame.width, frame.height},
                    {cut.width, cut.height},
                    std::max(1, int(sheet.options().width) / cut.width),
                    cut.inked ? 1 : 3,
                    cut.opacity,
                    0,
                    cut.ground};
    m_impl->draws.push_back(m_impl->sprites.draw(frame.recorder, {buffer, sheet}, push, std::uint32_t(6 * sprites.size())));
}

} // namespace orrery::ui
