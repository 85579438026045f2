// SPDX-License-Identifier: GPL-3.0-or-later
// From the picture's coordinates to pixels: in the plane the camera alone; in space turned about the middle of the cloud, with a
// perspective, and then the camera's pan and zoom on what the eye sees.
#pragma once

#include "ui/render/camera.h"
#include "ui/render/cloud.h"

#include <span>

namespace orrery::ui::emb {

/// What is about the middle of the points: a box in the plane, a ball in space.
struct Extent {
    glm::dvec3 low{-1, -1, -1}, high{1, 1, 1};
    double ball = 0; ///< radius about the middle within which nearly all of them lie; 0: not known
    glm::dvec3 middle() const { return (low + high) * 0.5; }
    double radius() const { return std::max(1e-12, 0.5 * glm::distance(low, high)); }
};
/// Of the finite places among n, of many without the few far out; z may be empty. A cloud of one place has an extent of one unit.
Extent extentOf(std::span<const float> x, std::span<const float> y, std::span<const float> z);

/// Where the eye stands: degrees to the right and up.
struct Turn {
    double turn = 35, tilt = 22;
    static constexpr double highest = 89;
    void drag(glm::dvec2 byPx, double perPx); ///< the cloud follows the hand
    bool operator==(const Turn&) const = default;
};

class Sight {
 public:
    static constexpr double eyeRadii = 4; ///< distance of the eye in radii of the cloud

    Sight() = default;
    Sight(const Extent& extent, bool spatial, const Turn& turn);

    Rect home() const; ///< what the camera has to see
    ToPixels toPixels(const Camera& camera, glm::dvec2 sizePx) const;
    /// Of W, about 1, within the cloud.
    double reach() const { return m_spatial ? 1 / eyeRadii : 0; }
    bool spatial() const { return m_spatial; }
    /// How a step of one unit along an axis looks: in the camera's plane, at the middle.
    glm::dvec2 planeOf(const glm::dvec3& step) const;
    const glm::dvec3& middle() const { return m_middle; }

 private:
    Extent m_extent;
    bool m_spatial = false;
    glm::dvec3 m_middle{0, 0, 0};
    glm::dvec3 m_right{1, 0, 0}, m_up{0, 1, 0}, m_toEye{0, 0, 1};
};

} // namespace orrery::ui::emb
