// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/layers_impl.h"

namespace orrery::ui {
namespace {

struct Push {
    glm::vec4 toClip, colour;
    glm::vec2 viewportPx;
    std::uint32_t stride, columns;
    std::int32_t first, last;
    float halfWidthPx, fade;
    std::uint32_t firstColumn;
};

} // namespace

PipelineOptions polylinesPipeline(VkRenderPass pass) {
    return {.vertex = "draw/polylines.vert",
            .fragment = "draw/polylines.frag",
            .pass = pass,
            .sources = {Source::vec2s},
            .pushBytes = sizeof(Push)};
}

void Layers::polylines(const Frame& frame, const gpu::Buffer& vec2s, std::uint32_t stride, std::uint32_t columns, int first,
                       int last, const ToData& map, const LineStyle& style, std::uint32_t firstColumn) {
    if (!vec2s || columns == 0 || first < 0 || last <= first) return;
    requireBytes("polylines", vec2s, (std::uint64_t(last) * stride + firstColumn + columns) * sizeof(glm::vec2));
    const Push push{toClip(frame, map),
                    style.colour,
                    {frame.width, frame.height},
                    stride,
                    columns,
                    first,
                    last,
                    style.widthPx * 0.5f * frame.scale,
                    style.fade,
                    firstColumn};
    m_impl->draws.push_back(m_impl->polylines.draw(frame.recorder, {vec2s}, push, 6 * columns * std::uint32_t(last - first)));
}

} // namespace orrery::ui
