// SPDX-License-Identifier: GPL-3.0-or-later
// Which labels are seen at which zoom. Each label gets a least zoom, once, in the order of their priority: from there on it is
// shown, and at no zoom does it meet one of higher priority. So nothing flickers: zooming in only adds labels. (Been, Daiches &
// Yap 2006 for the idea of active ranges; here by a grid of occupied places per level, not by pairs.)
#pragma once

#include <glm/glm.hpp>

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace orrery::ui::emb {

struct Placard {
    std::int64_t item = 0;  ///< a row, or what the caller counts
    glm::dvec2 at{0, 0};    ///< units of the plane, y upwards
    glm::vec2 offset{0, 0}; ///< of its box's middle from there, pixels, y downwards
    glm::vec2 half{8, 8};   ///< half of its box, pixels
};

class Placards {
 public:
    static constexpr int levels = 60, perOctave = 4;
    static constexpr std::int8_t never = levels;

    /// `coarsest`: pixels per unit at the lowest level; `widest`: half of the largest box that may be added later.
    void begin(std::vector<Placard> byPriority, double coarsest, glm::vec2 widest = {0, 0});
    void add(std::vector<Placard> byPriority); ///< less prominent than all that are there
    bool proceed(std::size_t most);            ///< places so many more; true when none is left
    bool done() const { return m_levels.size() == m_placards.size(); }

    const std::vector<Placard>& placards() const { return m_placards; }
    /// The level from which one is seen; never: it lies on another. Only of those that have been placed.
    const std::vector<std::int8_t>& level() const { return m_levels; }
    int levelOf(double pxPerUnit) const; ///< −1 below all

 private:
    struct Box {
        glm::dvec2 middle;
        glm::vec2 half;
    };
    Box boxAt(const Placard& placard, int level) const;
    bool meets(const Box& box, int level) const;
    std::uint64_t cellOf(glm::dvec2 px) const;

    std::vector<Placard> m_placards;
    std::vector<std::int8_t> m_levels;
    std::vector<std::unordered_multimap<std::uint64_t, std::int32_t>> m_cells; ///< of every level: which boxes' middles lie there
    glm::vec2 m_cell{16, 16};
    double m_coarsest = 1;
};

} // namespace orrery::ui::emb
