// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/layers_impl.h"

namespace orrery::ui {
namespace {

struct Push {
    glm::vec4 pixelsToClip;
    glm::ivec2 size;
    float opacity;
    std::int32_t smoothly;
};

} // namespace

PipelineOptions picturePipeline(VkRenderPass pass) {
    return {.vertex = "draw/picture.vert",
            .fragment = "draw/picture.frag",
            .pass = pass,
            .sources = {Source::uints},
            .pushBytes = sizeof(Push)};
}

void Layers::picture(const Frame& frame, const PictureBuffer& picture, float opacity) {
    const std::uint64_t pixels = std::uint64_t(picture.width) * picture.height;
    if (!picture.rgba || pixels == 0) return;
    requireBytes("picture", picture.rgba, pixels * 4);
    const glm::dvec2 pixel = (picture.rect.high - picture.rect.low) / glm::dvec2(picture.width, picture.height);
    const glm::dvec2 scale = glm::dvec2(2, -2) / (glm::dvec2(frame.width, frame.height) * frame.camera.unitsPerPx());
    const glm::dvec2 corner{picture.rect.low.x, picture.rect.high.y};
    const glm::vec4 toClip(glm::dvec4(scale * glm::dvec2(pixel.x, -pixel.y), (corner - frame.camera.centre()) * scale));
    const bool large = pixel.x > 2 * frame.camera.unitsPerPx(); // two screen pixels and more
    m_impl->draws.push_back(
        m_impl->picture.draw(frame.recorder, {picture.rgba}, Push{toClip, {picture.width, picture.height}, opacity, !large}, 6));
}

} // namespace orrery::ui
