// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/embedding/standing.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui::emb {

namespace {

/// Boxes that are taken, by cells of the screen.
class Taken {
 public:
    explicit Taken(glm::vec2 cell) : m_cell(cell) {}
    bool meets(const Standing::Wanted& box, float margin) const {
        const auto [low, high] = cellsOf(box, margin);
        for (int y = low.y; y <= high.y; ++y)
            for (int x = low.x; x <= high.x; ++x) {
                const auto found = m_cells.find(keyOf({x, y}));
                if (found == m_cells.end()) continue;
                for (const Standing::Wanted& other : found->second) {
                    const glm::vec2 away = glm::abs(other.middle - box.middle), room = other.half + box.half + margin;
                    if (away.x < room.x && away.y < room.y) return true;
                }
            }
        return false;
    }
    void take(const Standing::Wanted& box) {
        const auto [low, high] = cellsOf(box, 0);
        for (int y = low.y; y <= high.y; ++y)
            for (int x = low.x; x <= high.x; ++x) m_cells[keyOf({x, y})].push_back(box);
    }

 private:
    std::pair<glm::ivec2, glm::ivec2> cellsOf(const Standing::Wanted& box, float margin) const {
        return {glm::ivec2(glm::floor((box.middle - box.half - margin) / m_cell)),
                glm::ivec2(glm::floor((box.middle + box.half + margin) / m_cell))};
    }
    static std::uint64_t keyOf(glm::ivec2 cell) { return std::uint64_t(std::uint32_t(cell.x)) << 32 | std::uint32_t(cell.y); }

    glm::vec2 m_cell;
    std::unordered_map<std::uint64_t, std::vector<Standing::Wanted>> m_cells;
};

} // namespace

std::vector<Standing::Shown> Standing::place(const std::vector<Wanted>& byPriority, float margin, double seconds,
                                             std::size_t most) {
    Taken taken({96, 32});
    std::vector<bool> standing(byPriority.size());
    std::size_t count = 0;
    const auto opacityOf = [&](std::int64_t item) {
        const auto found = m_opacity.find(item);
        return found == m_opacity.end() ? 0.F : found->second;
    };
    for (const bool old : {true, false})
        for (std::size_t i = 0; i < byPriority.size() && count < most; ++i) {
            const Wanted& box = byPriority[i];
            if ((opacityOf(box.item) > 0) != old || taken.meets(box, old ? 0 : margin)) continue;
            taken.take(box);
            standing[i] = true, ++count;
        }
    const float step = seconds > 0 ? float(seconds / fadeSeconds) : 1;
    std::unordered_map<std::int64_t, float> now;
    std::vector<Shown> shown;
    m_settled = true;
    for (std::size_t i = 0; i < byPriority.size(); ++i) {
        const float before = std::abs(opacityOf(byPriority[i].item));
        const float opacity = std::clamp(before + (standing[i] ? step : -step), 0.F, 1.F);
        if (opacity <= 0) continue;
        now[byPriority[i].item] = standing[i] ? opacity : -opacity;
        m_settled = m_settled && (standing[i] && opacity == 1);
        shown.push_back({i, opacity});
    }
    m_opacity = std::move(now);
    return shown;
}

} // namespace orrery::ui::emb
