// SPDX-License-Identifier: GPL-3.0-or-later
// How a cloud becomes sums: the numbers that kernel (shaders/draw/cloud.comp) and host share.
#pragma once

#include "ui/render/cloud.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui {

struct CloudPush { ///< as the shaders have it
    std::array<glm::vec4, 3> rows;
    glm::ivec2 size; ///< pixels
    std::uint32_t points;
    float radius;  ///< pixels, of a full-sized point at W = 1
    float centre;  ///< units of the sum at the middle of a point
    float perUnit; ///< depth of one unit
    float farDepth, reach;

    glm::vec3 pixel(float x, float y, float z) const {
        const float w = rows[2].x * x + rows[2].y * y + rows[2].z * z + rows[2].w;
        return {(rows[0].x * x + rows[0].y * y + rows[0].z * z + rows[0].w) / w,
                (rows[1].x * x + rows[1].y * y + rows[1].z * z + rows[1].w) / w, w};
    }
    /// Radius and units of a point; false: not drawn.
    bool shape(const glm::vec3& at, std::uint32_t markSize, float& r, float& c) const;
};

// Where a disc (1 - r^2/R^2)^2 has fallen to a third; below the least radius the sum over pixels depends on where between them a
// point lies (twinkling); a greatest one keeps a wrong number from taking seconds.
inline constexpr float cloudRadiusPerDiameter = 0.77F, leastCloudRadius = 1.25F, greatestCloudRadius = 96;

inline bool CloudPush::shape(const glm::vec3& at, std::uint32_t markSize, float& r, float& c) const {
    if (markSize == 0 || !(at.z > 0.02F)) return false;
    const float wanted = radius * float(markSize) * (1.F / fullSize) / at.z;
    r = std::clamp(wanted, leastCloudRadius, greatestCloudRadius);
    if (!(std::abs(at.x - 0.5F * float(size.x)) < 0.5F * float(size.x) + r) ||
        !(std::abs(at.y - 0.5F * float(size.y)) < 0.5F * float(size.y) + r))
        return false;                             // outside, or not finite
    const float kept = std::min(wanted / r, 1.F); // too small a disc is drawn larger and dimmer
    c = centre * kept * kept;
    if (reach > 0) c *= 1 + (farDepth - 1) * std::clamp((at.z - 1) / reach * 0.5F + 0.5F, 0.F, 1.F);
    return true;
}

class CloudPainter {
 public:
    static void splatOnHost(PointCloud& cloud, const CloudPush& push);
    static void packOnHost(PointCloud& cloud, const CloudPush& push);

 private:
    struct Splat;
    static void lay(PointCloud::Canvas& canvas, const CloudPush& push, const Splat& splat);
};

} // namespace orrery::ui
