// SPDX-License-Identifier: GPL-3.0-or-later
// What lies under the pointer, in a box or in a lasso: every point is asked, on all cores, so that no index has to follow a
// picture that moves. A million take milliseconds.
#pragma once

#include "ui/render/cloud.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace orrery::ui::emb {

/// The drawn point nearest to a pixel, not farther than `reach` pixels; of equally near ones the one nearer to the eye, then the
/// lower row.
std::optional<std::int64_t> nearestPoint(const PointCloud& cloud, const ToPixels& toPixels, glm::dvec2 px, double reach);

/// Rows, rising, of the drawn points within a polygon in pixels: by the even-odd rule, its last corner joined to its first,
/// exact to a pixel of the screen.
std::vector<std::int32_t> pointsWithin(const PointCloud& cloud, const ToPixels& toPixels, std::span<const glm::dvec2> polygon);

/// The pixels of a polygon: rows of spans.
class PixelMask {
 public:
    explicit PixelMask(std::span<const glm::dvec2> polygon);
    bool holds(glm::vec2 px) const {
        const float x = px.x - float(m_left), y = px.y - float(m_top);
        if (!(x >= 0 && y >= 0 && x < float(m_width) && y < float(m_height))) return false;
        return m_bits[std::size_t(int(y)) * std::size_t(m_width) + std::size_t(int(x))] != 0;
    }

 private:
    int m_left = 0, m_top = 0, m_width = 0, m_height = 0;
    std::vector<std::uint8_t> m_bits;
};

} // namespace orrery::ui::emb
