// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/diffusion/trails.h"

#include "ui/labs/diffusion/grids.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace orrery::ui {

namespace {

constexpr float widthPx = 1.2f, chosenWidthPx = 2, othersOpacity = 0.3f;

double distanceToSegment(glm::dvec2 p, glm::dvec2 a, glm::dvec2 b) {
    const glm::dvec2 way = b - a;
    const double length2 = glm::dot(way, way);
    const double along = length2 > 0 ? std::clamp(glm::dot(p - a, way) / length2, 0., 1.) : 0;
    return glm::distance(p, a + along * way);
}

} // namespace

int Trails::columns() const { return int(std::min(m_lab.particleCount(), diffusion::DiffusionLab::trailColumns)); }

std::vector<int> Trails::chosen() const {
    std::vector<int> rows;
    for (const double value : m_session.settings().points("chosen").values)
        if (value < columns()) rows.push_back(int(value));
    std::ranges::sort(rows);
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    return rows;
}

/// Of what can be seen: the trails that are drawn, and the trailed particles where they are now.
int Trails::nearest(glm::dvec2 place, double reach) const {
    const glm::dvec2 p = toStandard(place, m_lab.frame());
    const std::vector<int> chosen = this->chosen();
    const bool points = m_session.settings().flag("show_particles");
    const auto at = [](std::span<const float> row, int i) {
        return glm::dvec2(row[std::size_t(2 * i)], row[std::size_t(2 * i + 1)]);
    };
    int found = -1;
    double least = reach / m_lab.frame().scale;
    for (int i = 0; i < columns(); ++i) {
        const bool drawn = i < m_session.settings().integer("trails") || std::ranges::binary_search(chosen, i);
        if (!drawn && !points) continue;
        const int last = m_lab.trailLast();
        for (int step = drawn ? std::min(m_lab.trailFirst() + 1, last) : last; step <= last; ++step) {
            const auto here = m_lab.trailRow(step), before = drawn && step > 0 ? m_lab.trailRow(step - 1) : here;
            if (here.empty()) continue; // still on its way back
            const double d = distanceToSegment(p, at(before, i), at(here, i));
            if (d <= least) least = d, found = i;
        }
    }
    return found;
}

void Trails::settle(double reach) {
    const std::optional<Click> click = std::exchange(m_click, std::nullopt);
    if (!click || columns() == 0) return;
    const int hit = nearest(click->place, reach);
    std::vector<int> wanted = click->adds ? chosen() : std::vector<int>();
    if (hit >= 0) {
        const auto there = std::ranges::find(wanted, hit);
        if (there != wanted.end())
            wanted.erase(there);
        else
            wanted.push_back(hit);
    } else if (click->adds) {
        return; // a miss costs nothing
    }
    std::ranges::sort(wanted);
    m_session.set("chosen", lab::Points{1, std::vector<double>(wanted.begin(), wanted.end())});
}

void Trails::draw(const Frame& frame, Layers& layers, const ToData& toData) const {
    const int first = m_lab.trailFirst(), last = std::min(m_lab.trailLast(), m_lab.position());
    if (last <= first) return;
    const std::vector<int> chosen = this->chosen();
    const auto lines = [&](int column, int columns, const LineStyle& style) {
        layers.polylines(frame, m_lab.trails(), diffusion::DiffusionLab::trailColumns, std::uint32_t(columns), first, last,
                         toData, style, std::uint32_t(column));
    };
    const glm::vec4 others(glm::vec3(frame.theme.secondary), othersOpacity);
    lines(0, std::min(int(m_session.settings().integer("trails")), columns()),
          {chosen.empty() ? frame.theme.brass : others, widthPx, 1});
    for (const int column : chosen) lines(column, 1, {frame.theme.brass, chosenWidthPx, 1});
}

} // namespace orrery::ui
