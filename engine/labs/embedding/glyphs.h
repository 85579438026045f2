// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of hand-drawn signs that the project makes itself: digits and letters from strokes that are bent, turned, slanted and
// drawn with pens of another width each time.
#pragma once

#include "engine/labs/embedding/progress.h"
#include "engine/labs/embedding/table.h"

namespace orrery::embedding {

/// `count` pictures of 16 x 16 in turn over the signs; columns "sign" (20 of them), "kind" (digit or letter), "slant" and "pen"
/// (pixels). The same for the same seed, whatever the count.
Table glyphs(std::int64_t count, std::uint64_t seed, Progress& progress);

constexpr int glyphSize = 16;

} // namespace orrery::embedding
