// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/embedding/placards.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui::emb {

void Placards::begin(std::vector<Placard> byPriority, double coarsest, glm::vec2 widest) {
    m_placards = std::move(byPriority);
    m_coarsest = coarsest;
    m_levels.clear();
    m_cells.assign(levels, {});
    m_cell = glm::max(glm::vec2(1), 2.F * widest);
    for (const Placard& placard : m_placards) m_cell = glm::max(m_cell, 2.F * placard.half);
}

void Placards::add(std::vector<Placard> byPriority) { m_placards.insert(m_placards.end(), byPriority.begin(), byPriority.end()); }

int Placards::levelOf(double pxPerUnit) const {
    // A hair more: the level's own zoom must not fall below itself by rounding.
    const double level = std::floor(std::log2(pxPerUnit / m_coarsest) * perOctave + 1e-9);
    return level >= 0 ? int(std::min(level, double(levels - 1))) : -1;
}

Placards::Box Placards::boxAt(const Placard& placard, int level) const {
    const double zoom = m_coarsest * std::exp2(double(level) / perOctave);
    return {glm::dvec2(placard.at.x, -placard.at.y) * zoom + glm::dvec2(placard.offset), placard.half};
}

std::uint64_t Placards::cellOf(glm::dvec2 px) const {
    const glm::dvec2 cell = glm::floor(px / glm::dvec2(m_cell));
    return std::uint64_t(std::uint32_t(std::int64_t(cell.x))) << 32 | std::uint32_t(std::int64_t(cell.y));
}

bool Placards::meets(const Box& box, int level) const {
    for (int dy = -1; dy <= 1; ++dy)
        for (int dx = -1; dx <= 1; ++dx) {
            const auto [from, to] =
                m_cells[std::size_t(level)].equal_range(cellOf(box.middle + glm::dvec2(dx, dy) * glm::dvec2(m_cell)));
            for (auto it = from; it != to; ++it) {
                const Box other = boxAt(m_placards[std::size_t(it->second)], level);
                const glm::dvec2 away = glm::abs(other.middle - box.middle), room = glm::dvec2(other.half + box.half);
                if (away.x < room.x && away.y < room.y) return true;
            }
        }
    return false;
}

bool Placards::proceed(std::size_t most) {
    for (std::size_t n = 0; n < most && !done(); ++n) {
        const auto i = m_levels.size();
        int least = levels;
        // Two that are apart at a level are so at every finer one: offsets stay, distances grow.
        while (least > 0 && !meets(boxAt(m_placards[i], least - 1), least - 1)) --least;
        m_levels.push_back(std::int8_t(least));
        for (int level = least; level < levels; ++level)
            m_cells[std::size_t(level)].emplace(cellOf(boxAt(m_placards[i], level).middle), std::int32_t(i));
    }
    return done();
}

} // namespace orrery::ui::emb
