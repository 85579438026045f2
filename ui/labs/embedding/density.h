// SPDX-License-Identifier: GPL-3.0-or-later
// How dense the drawn points are on the screen: a Gaussian kernel estimate on a grid of cells, for contour lines.
#pragma once

#include "ui/render/cloud.h"

#include <vector>

namespace orrery::ui::emb {

struct Density {
    std::uint32_t width = 0, height = 0; ///< cells; row 0 at the lower edge of the screen
    std::vector<float> perPx2;           ///< points in a square pixel
    float top = 0;
};

/// `cellPx`: pixels of a cell's side; `blurPx`: deviation of the kernel. A point between cells is shared by the four nearest.
Density densityOf(const PointCloud& cloud, const ToPixels& toPixels, glm::uvec2 sizePx, double cellPx, double blurPx);

/// As Layers::contours reads it: natural logarithm of the share of the top in channel z.
std::vector<glm::vec4> contourCells(const Density& density);

} // namespace orrery::ui::emb
