// SPDX-License-Identifier: GPL-3.0-or-later
// Points and a grid: ones are spread over the nodes around each point by B-splines of degree 7, and a field is read by the same splines,
// with its slope.
#pragma once

#include "engine/labs/embedding/picture_points.h"

#include <array>

namespace orrery::embedding {

/// A grid whose first node belongs to points at `origin` (the first of the eight that such a point reaches); rows of `width` numbers of
/// which `nodes` may be reached, in space planes of `nodes` rows for spreading and of `width` rows for reading.
struct GridPlace {
    std::array<double, 3> origin{};
    double spacing = 1;
    std::int64_t nodes = 0, width = 0, plane = 0; ///< plane: numbers between two planes
};

/// Adds the splines of points first … last - 1.
void spreadPoints(const PicturePoints& y, std::int64_t first, std::int64_t last, const GridPlace& place, float* grid);

/// Writes `scale` times the slope of the field by each coordinate, in the grid's units, to `slope`; returns the sum of the field at
/// these points, each less `less`.
double readPoints(const PicturePoints& y, std::int64_t first, std::int64_t last, const GridPlace& place, const float* field,
                  double less, float scale, PicturePoints& slope);

} // namespace orrery::embedding
