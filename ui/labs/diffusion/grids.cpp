// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/diffusion/grids.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui {

Rect standardised(const Rect& data, const diffusion::Frame2& frame) {
    return {toStandard(data.low, frame), toStandard(data.high, frame)};
}

diffusion::FieldGrid densityGrid(const Rect& seen, double heightPx, double leastCellPx, double mostCells) {
    const glm::dvec2 extent = seen.high - seen.low;
    double cell = std::max(extent.y / heightPx * leastCellPx, std::sqrt(extent.x * extent.y / std::max(16., mostCells)));
    if (!(cell > 0) || !std::isfinite(cell)) cell = 1;
    const auto cells = [&](double length) { return std::uint32_t(std::clamp(std::ceil(length / cell), 1., 8192.)) + 2; };
    const std::uint32_t width = cells(extent.x), height = cells(extent.y);
    const glm::dvec2 centre = (seen.low + seen.high) * 0.5, half = glm::dvec2(width, height) * (cell / 2);
    return {centre.x - half.x, centre.y - half.y, centre.x + half.x, centre.y + half.y, width, height};
}

diffusion::FieldGrid arrowGrid(const Rect& seen, double heightPx, double spacingPx, double mostCells) {
    const glm::dvec2 extent = seen.high - seen.low;
    const double wanted = extent.y / heightPx * spacingPx;
    double spacing = std::isfinite(wanted) && wanted > 0 ? std::exp2(std::round(2 * std::log2(wanted)) / 2) : 1;
    for (;; spacing *= 2) {
        const glm::dvec2 first = glm::floor(seen.low / spacing), last = glm::ceil(seen.high / spacing);
        const glm::dvec2 count = last - first + 1.;
        if (count.x * count.y > std::max(4., mostCells)) continue;
        const glm::dvec2 low = (first - 0.5) * spacing, high = (last + 0.5) * spacing;
        return {low.x, low.y, high.x, high.y, std::uint32_t(count.x), std::uint32_t(count.y)};
    }
}

} // namespace orrery::ui
