// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/layers_impl.h"

namespace orrery::ui {
namespace {

struct Push {
    glm::vec4 cellsToClip, colour;
    glm::vec2 viewportPx;
    std::uint32_t columns;
    float longestPx, half, widthPx;
};

} // namespace

PipelineOptions arrowsPipeline(VkRenderPass pass) {
    return {.vertex = "draw/arrows.vert",
            .fragment = "draw/arrows.frag",
            .pass = pass,
            .sources = {Source::vec4s},
            .pushBytes = sizeof(Push)};
}

void Layers::arrows(const Frame& frame, const GridBuffer& grid, const ArrowStyle& style) {
    if (isEmpty(grid) || !(style.longestPx > 0)) return;
    const Push push{cellsToClip(frame, grid),      style.colour, {frame.width, frame.height}, grid.width,
                    style.longestPx * frame.scale, style.half,   style.widthPx * frame.scale};
    m_impl->draws.push_back(m_impl->arrows.draw(frame.recorder, {grid.cells}, push, 6 * grid.width * grid.height));
}

} // namespace orrery::ui
