// SPDX-License-Identifier: GPL-3.0-or-later
// Points brushed into the picture. The same strokes give the same points: each draws from Philox by its number.
#pragma once

#include "engine/lab/declaration.h"

#include <glm/glm.hpp>

#include <vector>

namespace orrery::ui {

class Brush {
 public:
    static constexpr double spreadPx = 6;   ///< standard deviation of a dab
    static constexpr double erasePx = 18;   ///< radius
    static constexpr double dabEveryPx = 4; ///< along the way of the pointer
    static constexpr int pointsPerDab = 3;

    void begin(glm::dvec2 data, bool erase);
    void moveTo(glm::dvec2 data) { m_way.push_back(data); }
    void end() { m_ending = true; }
    bool active() const { return m_active; }
    bool erases() const { return m_erase; }

    /// Applies what the pointer has done since the last call; true when `points` changed. Stops at `most` rows.
    /// `unitsPerPx`: data units per logical pixel.
    bool apply(lab::Points& points, std::size_t most, double unitsPerPx);
    /// True once after the end of a stroke.
    bool takeEnd();

 private:
    void spray(lab::Points& points, std::size_t most, glm::dvec2 at, double spread);
    bool m_active = false, m_erase = false, m_ending = false;
    std::vector<glm::dvec2> m_way; ///< not applied yet
    glm::dvec2 m_last{0, 0};
    std::uint32_t m_drawn = 0; ///< points ever sprayed by this brush
};

/// Removes the points within `radius`; true when there were any.
bool erasePoints(lab::Points& points, glm::dvec2 centre, double radius);

} // namespace orrery::ui
