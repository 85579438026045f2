// SPDX-License-Identifier: GPL-3.0-or-later
// Axes at the lower and right edge of the picture and colour bars, each on a ground of its own.
#pragma once

#include "ui/panels/look.h"
#include "ui/render/camera.h"
#include "ui/render/colormap.h"

namespace orrery::ui {

struct AxisNames {
    std::string x, y; ///< with their unit: "x, data units"
};

/// Logical pixels that the axes take at the edges.
constexpr float axisHeight = 22, axisWidth = 44;

/// `right` is how many logical pixels at the right edge belong to the y axis, `bottom` to the x axis.
void drawAxes(ImDrawList* list, const Look& look, const Camera& camera, ImVec2 size, const AxisNames& names);

struct ColourBar {
    Colormap map = Colormap::magma;
    double low = 0, high = 1;
    std::string name, unit;
};
constexpr float colourBarWidth = 184, colourBarHeight = 60; ///< logical pixels

void drawColourBar(ImDrawList* list, const Look& look, ImVec2 topLeft, const ColourBar& bar);

} // namespace orrery::ui
