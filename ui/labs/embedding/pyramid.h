// SPDX-License-Identifier: GPL-3.0-or-later
// Which rows speak for which part of a picture of any size. Places are cut into cells, each into four (in space eight) and so on;
// in every cell the most prominent row speaks, and it speaks in the finer cells around it too: at any fineness no cell has two
// speakers, and going finer only adds some. Built once for a picture (n log n), asked in every frame (the cells that are seen).
#pragma once

#include "engine/labs/embedding/progress.h"
#include "ui/render/cloud.h"

#include <glm/glm.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace orrery::ui::emb {

class Pyramid {
 public:
    struct Source {
        std::vector<float> x, y, z; ///< z empty in the plane
        std::vector<Mark> marks;    ///< what is drawn larger is more prominent; what is not drawn does not speak
        bool ranked = true; ///< of equal size the earlier row is more prominent, as in files of words; else a hash decides
    };
    Pyramid(const Source& source, embedding::Progress& progress);

    /// Rows, most prominent first, one at most in each cell whose edge is the coarsest not above `edge`; of the cells that `seen`
    /// accepts by their two corners. Not more than `most` (the finest are left out then).
    std::vector<std::int64_t> speakers(double edge, const std::function<bool(glm::dvec3 low, glm::dvec3 high)>& seen,
                                       std::size_t most) const;
    /// All there are of cells of that edge, wherever they lie; nothing when they are more than `most`.
    std::optional<std::vector<std::int64_t>> allSpeakers(double edge, std::size_t most) const;
    int levelOf(double edge) const; ///< how often the whole is halved until its cells have no longer edge
    std::size_t count() const { return m_order.size(); }

 private:
    static constexpr int finestPlane = 24, finestSpace = 20; ///< levels, and bits of a coordinate
    struct Found {
        int level;
        std::uint32_t rank;
    };
    struct Cell {
        int level;
        std::uint64_t prefix; ///< of the keys within
        std::size_t from, to; ///< positions
    };
    struct Asking {
        int deepest;
        const std::function<bool(glm::dvec3, glm::dvec3)>& seen;
        std::size_t enough; ///< where it is given up
        std::vector<Found> found{};
    };
    void descend(const Cell& cell, Asking& asking) const;
    std::vector<std::int64_t> rowsOf(std::vector<Found> found, std::size_t most) const;
    void corners(const Cell& cell, glm::dvec3& low, glm::dvec3& high) const;

    int m_dims = 2, m_finest = finestPlane;
    glm::dvec3 m_low{0, 0, 0};
    double m_edge = 1;                            ///< of the cell of level 0
    std::vector<std::uint32_t> m_order;           ///< rows, most prominent first
    std::vector<std::uint64_t> m_keys;            ///< coordinates interleaved bit by bit (Morton 1966), rising
    std::vector<std::uint32_t> m_ranks;           ///< in m_order, by position in m_keys
    std::vector<std::vector<std::uint32_t>> m_at; ///< positions of those that first speak at a level, rising
};

/// The `most` most prominent of the drawn rows, in order (Pyramid::Source says what that is).
std::vector<std::uint32_t> byProminence(std::span<const Mark> marks, bool ranked, std::size_t most = ~std::size_t(0));

} // namespace orrery::ui::emb
