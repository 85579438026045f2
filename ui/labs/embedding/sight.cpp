// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/embedding/sight.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

namespace orrery::ui::emb {

namespace {

/// Where the finite values lie. Of many, the few far out do not count: what lies between 0.2 % and 99.8 % and a twelfth more on
/// either side, no further than there is anything.
void take(std::span<const float> axis, float& low, float& high) {
    constexpr float none = std::numeric_limits<float>::max();
    constexpr std::size_t mostExact = 2000, sampled = 20000;
    float least = none, greatest = -none;
    for (const float value : axis)
        if (std::abs(value) < none) least = std::min(least, value), greatest = std::max(greatest, value);
    if (least > greatest) return;
    low = least, high = greatest;
    if (axis.size() <= mostExact) return;
    std::vector<float> sample;
    const std::size_t stride = std::max<std::size_t>(1, axis.size() / sampled) | 1;
    for (std::size_t i = 0; i < axis.size(); i += stride)
        if (std::abs(axis[i]) < none) sample.push_back(axis[i]);
    if (sample.empty()) return;
    const std::size_t cut = sample.size() / 500;
    std::nth_element(sample.begin(), sample.begin() + std::ptrdiff_t(cut), sample.end());
    const float from = sample[cut];
    std::nth_element(sample.begin(), sample.end() - 1 - std::ptrdiff_t(cut), sample.end());
    const float to = sample[sample.size() - 1 - cut], air = 0.08F * (to - from);
    low = std::max(least, from - air), high = std::min(greatest, to + air);
}

/// About the middle of the box, of the nearest 99.5 %; of many points a sample.
double ballOf(const Extent& extent, std::span<const float> x, std::span<const float> y, std::span<const float> z) {
    std::vector<double> distances;
    const std::size_t stride = std::max<std::size_t>(1, x.size() / 20000) | 1;
    for (std::size_t i = 0; i < x.size(); i += stride) {
        const double away = glm::distance(glm::dvec3(x[i], y[i], z[i]), extent.middle());
        if (std::isfinite(away)) distances.push_back(away);
    }
    if (distances.empty()) return 0;
    const auto last = distances.begin() + std::ptrdiff_t((distances.size() - 1) * 199 / 200);
    std::nth_element(distances.begin(), last, distances.end());
    return *last;
}

} // namespace

Extent extentOf(std::span<const float> x, std::span<const float> y, std::span<const float> z) {
    glm::vec3 low(0), high(0);
    take(x, low.x, high.x), take(y, low.y, high.y), take(z, low.z, high.z);
    Extent extent;
    for (int d = 0; d < 3; ++d) {
        extent.low[d] = double(low[d]), extent.high[d] = double(high[d]);
    }
    if (extent.low == extent.high) extent.low -= 0.5, extent.high += 0.5;
    if (!z.empty()) extent.ball = ballOf(extent, x, y, z);
    return extent;
}

void Turn::drag(glm::dvec2 byPx, double perPx) {
    turn = std::remainder(turn - byPx.x * perPx, 360.0);
    tilt = std::clamp(tilt + byPx.y * perPx, -highest, highest);
}

Sight::Sight(const Extent& extent, bool spatial, const Turn& t)
    : m_extent(extent), m_spatial(spatial), m_middle(extent.middle()) {
    if (!spatial) return;
    const double radians = std::numbers::pi / 180, a = t.turn * radians, b = t.tilt * radians;
    m_toEye = {std::cos(b) * std::sin(a), std::sin(b), std::cos(b) * std::cos(a)};
    m_right = {std::cos(a), 0, -std::sin(a)};
    m_up = glm::cross(m_toEye, m_right);
}

Rect Sight::home() const {
    if (m_spatial) {
        // A cloud seldom fills the corners of its box. What is nearer to the eye looks larger: the ball's rim by D / sqrt(D^2 - r^2).
        const double away = eyeRadii * m_extent.radius(), ball = std::min(m_extent.ball, m_extent.radius());
        const double most = ball > 0 ? 1.08 * ball * away / std::sqrt(away * away - ball * ball) : 0.7 * m_extent.radius();
        return {{-most, -most}, {most, most}};
    }
    const glm::dvec2 low(m_extent.low), high(m_extent.high), air = glm::dvec2(0.04 * glm::distance(low, high));
    return {low - air, high + air};
}

glm::dvec2 Sight::planeOf(const glm::dvec3& step) const {
    return m_spatial ? glm::dvec2(glm::dot(m_right, step), glm::dot(m_up, step)) : glm::dvec2(step);
}

ToPixels Sight::toPixels(const Camera& camera, glm::dvec2 size) const {
    const double perUnit = 1 / camera.unitsPerPx();
    const glm::dvec2 off = size * 0.5 + glm::dvec2(-camera.centre().x, camera.centre().y) * perUnit;
    ToPixels result;
    if (!m_spatial) {
        result.rows = {glm::vec4(perUnit, 0, 0, off.x), glm::vec4(0, -perUnit, 0, off.y), glm::vec4(0, 0, 0, 1)};
        return result;
    }
    // W = 1 - v . toEye / D with v from the middle; what the plane shows is divided by it, the pan is not.
    const double distance = eyeRadii * m_extent.radius();
    const auto row = [&](const glm::dvec3& along, double constant) {
        return glm::dvec4(along, constant - glm::dot(along, m_middle));
    };
    const glm::dvec4 w = row(-m_toEye / distance, 1);
    result.rows = {glm::vec4(row(m_right * perUnit, 0) + off.x * w), glm::vec4(row(m_up * -perUnit, 0) + off.y * w),
                   glm::vec4(w)};
    return result;
}

} // namespace orrery::ui::emb
