// SPDX-License-Identifier: GPL-3.0-or-later
// On which grids the density and the score are evaluated for a picture. Pure functions.
#pragma once

#include "engine/labs/diffusion/lab.h"
#include "ui/render/camera.h"

namespace orrery::ui {

/// Standardised coordinates from data units and back.
Rect standardised(const Rect& data, const diffusion::Frame2& frame);
inline glm::dvec2 toStandard(glm::dvec2 data, const diffusion::Frame2& f) {
    return (data - glm::dvec2(f.centreX, f.centreY)) / f.scale;
}
inline glm::dvec2 toData(glm::dvec2 standard, const diffusion::Frame2& f) {
    return glm::dvec2(f.centreX, f.centreY) + f.scale * standard;
}

/// Square cells over `seen` (standardised) and one cell beyond on each side, so that interpolation reaches the edge;
/// at most `mostCells` of them, none smaller than `leastCellPx` of the picture's `heightPx` pixels.
diffusion::FieldGrid densityGrid(const Rect& seen, double heightPx, double leastCellPx, double mostCells);

/// A lattice for arrows about `spacingPx` apart whose places are multiples of a power of the root of two, so that they stay where they are
/// while the camera pans; made coarser until it has at most `mostCells`.
diffusion::FieldGrid arrowGrid(const Rect& seen, double heightPx, double spacingPx, double mostCells);

} // namespace orrery::ui
