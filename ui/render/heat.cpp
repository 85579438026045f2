// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/layers_impl.h"

#include <cmath>
#include <limits>

namespace orrery::ui {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

struct Push {
    glm::vec4 cellsToClip;
    glm::ivec2 size, viewportPx;
    float least, scale, offset, opacity;
    std::int32_t first, last, exponential;
};

/// The stored value below which the layer is more transparent than half a step of the target shows.
float leastSeen(const HeatStyle& style) {
    if (style.map == Colormap::diverging) return -infinity;
    const double share = meltShare * std::sqrt(0.5 / 255 / 3); // heatOpacity is at most 3 (share / meltShare)^2
    const double value = style.low + share * (style.high - style.low);
    if (!style.exponential) return float(value);
    return value > 0 ? float(std::log(value)) : -infinity;
}

} // namespace

PipelineOptions heatPipeline(VkRenderPass pass, bool smooth) {
    return {.vertex = "draw/grid.vert",
            .fragment = "draw/heat.frag",
            .pass = pass,
            .sources = {Source::vec4s, Source::vec4s},
            .pushBytes = sizeof(Push),
            .constants = {0, 0, 0, smooth ? 1u : 0u}};
}

void Layers::heat(const Frame& frame, const GridBuffer& grid, const HeatStyle& style) {
    if (isEmpty(grid) || !(style.high > style.low)) return;
    const auto first = std::int32_t(style.map) * paletteSize, last = first + paletteSize - 1;
    const float perUnit = (paletteSize - 1) / (style.high - style.low);
    const Push push{cellsToClip(frame, grid),
                    {grid.width, grid.height},
                    {frame.width, frame.height},
                    leastSeen(style),
                    perUnit,
                    float(first) + 0.5f - style.low * perUnit,
                    style.opacity,
                    first,
                    last,
                    style.exponential};
    m_impl->draws.push_back(
        m_impl->heat.draw(frame.recorder, {m_impl->between(frame, grid), m_impl->palettes}, push, tileVertices(frame)));
}

} // namespace orrery::ui
