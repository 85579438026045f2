// SPDX-License-Identifier: GPL-3.0-or-later
// The outline of a mask as polygons along the edges of its pixels: exact, with holes. A place (x, y) is the corner between four
// pixels; pixel (i, j) covers [i, i + 1] x [j, j + 1].
#pragma once

#include "engine/labs/segmentation/postprocess.h"

namespace orrery::segmentation {

struct Vertex {
    double x = 0, y = 0;
    bool operator==(const Vertex&) const = default;
};
using Ring = std::vector<Vertex>; ///< closed: the last joins the first

/// One connected part (by pixel edges) and its holes.
struct Polygon {
    Ring outer{};
    std::vector<Ring> holes{};
};

/// From the top, only corners kept. Filled by the even-odd rule they are the mask again, pixel for pixel.
std::vector<Polygon> polygonsOf(const Mask& mask);
/// Pixels whose middle lies inside by the even-odd rule over all rings.
Mask rasterised(const std::vector<Polygon>& polygons, std::int64_t width, std::int64_t height);

/// Vertices left out that lie within `tolerance` pixels of the line between those kept (Douglas & Peucker 1973); a ring keeps
/// at least three.
Ring simplified(const Ring& ring, double tolerance);
/// A polygon as one ring, for files that know no holes: each hole is joined to the outside by a seam of no width.
Ring keyhole(const Polygon& polygon);
double areaOf(const Ring& ring); ///< signed; positive clockwise as seen on the screen (y down)

} // namespace orrery::segmentation
