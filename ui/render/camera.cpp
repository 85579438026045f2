// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/camera.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui {
namespace {

// Beyond these a float no longer tells neighbouring pixels apart, or overflows.
constexpr double smallestHeight = 1e-9, largestHeight = 1e12;

double usable(double height, double otherwise) {
    return std::isfinite(height) && height > 0 ? std::clamp(height, smallestHeight, largestHeight) : otherwise;
}

} // namespace

void Camera::resize(double widthPx, double heightPx) { m_size = {std::max(1.0, widthPx), std::max(1.0, heightPx)}; }

void Camera::look(glm::dvec2 centre, double height) {
    if (std::isfinite(centre.x) && std::isfinite(centre.y)) m_centre = centre;
    m_height = usable(height, m_height);
}

void Camera::fit(const Rect& rect, glm::dvec4 insets) {
    const double width = std::max(1.0, m_size.x - insets.x - insets.z);
    const double height = std::max(1.0, m_size.y - insets.y - insets.w);
    const glm::dvec2 extent = rect.high - rect.low;
    // A rectangle without extent (one point, no data) still has a place to look at.
    const double wanted = std::max(extent.x / width, extent.y / height);
    const double unitsPerPx = usable(wanted * m_size.y, m_height) / m_size.y;
    // The middle of what the insets leave free, seen from the middle of the viewport; y turns over.
    const glm::dvec2 shift = glm::dvec2(insets.x - insets.z, insets.w - insets.y) * 0.5;
    look((rect.low + rect.high) * 0.5 - shift * unitsPerPx, unitsPerPx * m_size.y);
}

void Camera::pan(glm::dvec2 byPx) { look(m_centre + glm::dvec2(-byPx.x, byPx.y) * unitsPerPx(), m_height); }

void Camera::zoomAt(glm::dvec2 px, double factor) {
    if (!(factor > 0) || !std::isfinite(factor)) return;
    const glm::dvec2 held = toData(px);
    m_height = usable(m_height / factor, m_height);
    look(m_centre + held - toData(px), m_height);
}

glm::dvec2 Camera::toData(glm::dvec2 px) const {
    const glm::dvec2 fromMiddle = px - m_size * 0.5;
    return m_centre + glm::dvec2(fromMiddle.x, -fromMiddle.y) * unitsPerPx();
}

glm::dvec2 Camera::toPx(glm::dvec2 data) const {
    const glm::dvec2 fromCentre = (data - m_centre) / unitsPerPx();
    return m_size * 0.5 + glm::dvec2(fromCentre.x, -fromCentre.y);
}

Rect Camera::visible() const { return {toData({0, m_size.y}), toData({m_size.x, 0})}; }

glm::vec4 Camera::clipTransform() const {
    const glm::dvec2 scale = glm::dvec2(2, -2) / (m_size * unitsPerPx());
    return glm::vec4(glm::dvec4(scale, -m_centre * scale));
}

} // namespace orrery::ui
