// SPDX-License-Identifier: GPL-3.0-or-later
// A patient annotator, simulated: clicks first where the object is deepest, then again and again where the answer is most
// deeply wrong (Sofiiuk et al. 2022; Kirillov et al. 2023, appendix D).
#pragma once

#include "engine/labs/segmentation/metrics_distance.h"
#include "engine/labs/segmentation/prompt.h"

namespace orrery::segmentation {

/// The pixel of `mask` that is farthest from its boundary, the picture's edge counted as boundary; of several the first in
/// reading order. Nothing for an empty mask.
std::optional<Click> firstClick(const MaskView& mask);

/// The pixel deepest inside what is missing or what is too much, whichever is deeper (missing at a tie): positive on what is
/// missing. Nothing where the answer is right. Throws Error when the sizes differ.
std::optional<Click> nextClick(const MaskView& truth, const MaskView& answer);

/// The click moved by up to `reach` pixels along each axis, uniformly, kept inside the picture; number `draw` of a seed's.
Click jittered(const Click& click, double reach, std::int64_t width, std::int64_t height, std::uint64_t seed, std::uint32_t draw);

} // namespace orrery::segmentation
