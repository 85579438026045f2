// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/embedding/flight.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui::emb {

Rect rectOf(const Camera& camera, glm::dvec2 size, const Insets& insets) {
    const glm::dvec2 low(insets.x, size.y - insets.w), high(std::max(insets.x + 1, size.x - insets.z), insets.y);
    return {camera.toData(low), camera.toData({high.x, std::min(high.y, low.y - 1)})};
}

Rect Flight::seen(const Rect& home) const {
    const Rect goal = m_goal.value_or(home);
    if (!m_from) return goal;
    const double x = std::clamp(m_share, 0.0, 1.0), eased = x * x * (3 - 2 * x);
    // Sizes by their logarithm: zooming looks even then.
    const glm::dvec2 from = m_from->high - m_from->low, to = goal.high - goal.low;
    const glm::dvec2 middle = glm::mix((m_from->low + m_from->high) * 0.5, (goal.low + goal.high) * 0.5, eased);
    const glm::dvec2 half = 0.5 * glm::dvec2(from.x * std::pow(to.x / from.x, eased), from.y * std::pow(to.y / from.y, eased));
    return {middle - half, middle + half};
}

} // namespace orrery::ui::emb
