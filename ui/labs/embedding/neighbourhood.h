// SPDX-License-Identifier: GPL-3.0-or-later
// The neighbours of one row in the table, beside where the picture has them: what was torn away, and what only looks near.
#pragma once

#include "engine/labs/embedding/neighbours.h"
#include "engine/labs/embedding/picture_points.h"

namespace orrery::ui::emb {

struct Neighbourhood {
    struct Near {
        std::int64_t row = 0;
        double tableDistance = 0;   ///< by the metric asked for; NaN: not among those that were asked for
        std::int64_t tableRank = 0; ///< 1: the nearest; 0: not among those that were asked for
        double shownDistance = 0;   ///< Euclid, in the picture's units
        std::int64_t shownRank = 0; ///< 1: the nearest in the picture; of equal distances the lower row is nearer
        bool lies = false;
    };
    std::int64_t row = -1;
    std::vector<Near> inTable; ///< nearest first; lies: the picture has it beyond its 2k nearest
    std::vector<Near> shown;   ///< the k nearest in the picture; lies: the table has it beyond its 2k nearest
    std::int64_t torn = 0, feigned = 0;
};

/// `table` holds one row: the 2k nearest (or as many as there are) of `row`.
Neighbourhood neighbourhoodOf(const embedding::PicturePoints& picture, std::int64_t row, const embedding::Neighbours& table,
                              std::int64_t k);

} // namespace orrery::ui::emb
