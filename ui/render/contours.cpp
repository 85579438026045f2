// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/layers_impl.h"

#include <numbers>

namespace orrery::ui {
namespace {

struct Push {
    glm::vec4 cellsToClip;
    glm::ivec2 size, viewportPx;
    float least, perUnit, lowest; ///< level = natural logarithm * perUnit
    float widthPx;
    glm::vec4 colour;
};

} // namespace

PipelineOptions contoursPipeline(VkRenderPass pass, bool smooth) {
    return {.vertex = "draw/grid.vert",
            .fragment = "draw/contours.frag",
            .pass = pass,
            .sources = {Source::vec4s},
            .pushBytes = sizeof(Push),
            .constants = {0, 0, 0, smooth ? 1u : 0u}};
}

void Layers::contours(const Frame& frame, const GridBuffer& grid, const ContourStyle& style) {
    if (isEmpty(grid) || !(style.perDecade > 0)) return;
    const float perUnit = style.perDecade / std::numbers::ln10_v<float>;
    const Push push{cellsToClip(frame, grid),
                    {grid.width, grid.height},
                    {frame.width, frame.height},
                    (style.lowest * style.perDecade - 1) / perUnit,
                    perUnit,
                    style.lowest * style.perDecade,
                    style.widthPx * frame.scale,
                    style.colour};
    m_impl->draws.push_back(m_impl->contours.draw(frame.recorder, {m_impl->between(frame, grid)}, push, tileVertices(frame)));
}

} // namespace orrery::ui
