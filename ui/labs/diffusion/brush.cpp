// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/diffusion/brush.h"

#include "engine/philox.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace orrery::ui {

namespace {
constexpr std::uint64_t brushSeed = 0x6272757368ull; // "brush"
} // namespace

void Brush::begin(glm::dvec2 data, bool erase) {
    m_active = true, m_erase = erase, m_ending = false;
    m_way.assign(1, data);
    m_last = data;
}

void Brush::spray(lab::Points& points, std::size_t most, glm::dvec2 at, double spread) {
    for (int i = 0; i < pointsPerDab && points.rows() < most; ++i) {
        const auto normal = normalPair(philox(brushSeed, m_drawn++, 0, 0));
        points.values.push_back(at.x + spread * normal[0]);
        points.values.push_back(at.y + spread * normal[1]);
    }
}

bool Brush::apply(lab::Points& points, std::size_t most, double unitsPerPx) {
    bool changed = false;
    const std::size_t before = points.rows();
    for (const glm::dvec2& to : m_way) {
        // A fast hand sends few events: dabs follow the line between them.
        const double length = glm::distance(m_last, to), every = dabEveryPx * unitsPerPx;
        const int dabs = std::clamp(int(length / every), 1, 1000);
        for (int dab = 1; dab <= dabs; ++dab) {
            const glm::dvec2 at = glm::mix(m_last, to, double(dab) / dabs);
            if (m_erase)
                changed = erasePoints(points, at, erasePx * unitsPerPx) || changed;
            else
                spray(points, most, at, spreadPx * unitsPerPx);
        }
        m_last = to;
    }
    m_way.clear();
    return changed || points.rows() != before;
}

bool Brush::takeEnd() {
    if (!m_ending) return false;
    m_active = m_ending = false;
    return true;
}

bool erasePoints(lab::Points& points, glm::dvec2 centre, double radius) {
    std::size_t kept = 0;
    for (std::size_t row = 0; row < points.rows(); ++row) {
        const glm::dvec2 at(points.values[2 * row], points.values[2 * row + 1]);
        if (glm::distance(at, centre) <= radius) continue;
        points.values[2 * kept] = at.x, points.values[2 * kept + 1] = at.y;
        ++kept;
    }
    if (kept == points.rows()) return false;
    points.values.resize(2 * kept);
    return true;
}

} // namespace orrery::ui
