// SPDX-License-Identifier: GPL-3.0-or-later
// Images over a rectangle of data units: a picture's colours, and a field that is a mask above a threshold.
#include "ui/render/layers_impl.h"

namespace orrery::ui {
namespace {

struct alignas(16) Place { ///< as shaders/draw/picture.glsl has it
    glm::vec4 texelsToClip;
    glm::vec2 size, texelsPerPx, from, to;
};

struct PicturePush {
    Place place;
    float opacity;
};

struct MaskPush {
    Place place;
    glm::vec4 fill, edge, bandFill;
    float halfEdge, threshold, band;
};
static_assert(sizeof(MaskPush) <= 128);

/// Texels count from the upper left corner of the rectangle; joined with the camera in double precision.
Place placeOf(const Frame& frame, const gpu::Image& image, const Rect& rect) {
    const glm::dvec2 size(image.options().width, image.options().height);
    const glm::dvec2 unitsPerTexel = (rect.high - rect.low) / size;
    const glm::dvec2 scale = glm::dvec2(2, -2) / (glm::dvec2(frame.width, frame.height) * frame.camera.unitsPerPx());
    const glm::dvec2 corner(rect.low.x, rect.high.y);
    return {glm::vec4(glm::dvec4(scale * unitsPerTexel * glm::dvec2(1, -1), (corner - frame.camera.centre()) * scale)),
            glm::vec2(size),
            glm::vec2(frame.camera.unitsPerPx() / unitsPerTexel),
            {0, 0},
            glm::vec2(size)};
}

PipelineOptions imagePipeline(VkRenderPass pass, const char* fragment, std::uint32_t pushBytes) {
    return {
        .vertex = "draw/picture.vert", .fragment = fragment, .pass = pass, .sources = {Source::image}, .pushBytes = pushBytes};
}

} // namespace

PipelineOptions picturePipeline(VkRenderPass pass) { return imagePipeline(pass, "draw/picture.frag", sizeof(PicturePush)); }
PipelineOptions maskPipeline(VkRenderPass pass) { return imagePipeline(pass, "draw/mask.frag", sizeof(MaskPush)); }

void Layers::picture(const Frame& frame, const gpu::Image& picture, const Rect& rect, float opacity) {
    if (!picture || opacity <= 0) return;
    const PicturePush push{placeOf(frame, picture, rect), opacity};
    m_impl->draws.push_back(m_impl->picture.draw(frame.recorder, {picture}, push, 6));
}

void Layers::mask(const Frame& frame, const gpu::Image& field, const Rect& rect, const MaskStyle& style) {
    if (!field) return;
    Place place = placeOf(frame, field, rect);
    place.from = glm::vec2(style.from), place.to = glm::vec2(glm::min(style.to, glm::dvec2(place.to)));
    const float halfEdge = 0.5f * style.edgePx * frame.scale;
    const MaskPush push{place, style.fill, style.edge, style.bandFill, halfEdge, style.threshold, style.band};
    m_impl->draws.push_back(m_impl->mask.draw(frame.recorder, {field}, push, 6));
}

} // namespace orrery::ui
