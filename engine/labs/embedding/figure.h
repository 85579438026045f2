// SPDX-License-Identifier: GPL-3.0-or-later
// The cloud as a vector figure for paper: points, names, legend and what they are of, as SVG on a white ground.
#pragma once

#include "engine/labs/embedding/projecting.h"

namespace orrery::embedding {

struct FigureLook {
    std::string colour = "column", column{}; ///< as of the view
    bool names = true, isolate = false;
    double pointSize = 3, turn = 35, tilt = 22; ///< pixels, degrees
    bool operator==(const FigureLook&) const = default;
};

/// Rows that are selected stand out, or stand alone when they are isolated. Throws Error: there is no picture yet.
std::string figure(const Projecting& cloud, std::span<const std::int64_t> selection, const FigureLook& look);

} // namespace orrery::embedding
