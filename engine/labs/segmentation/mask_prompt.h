// SPDX-License-Identifier: GPL-3.0-or-later
// A mask told to the model: what a person has sketched, or a mask of a file, as the logits of a former answer (Kirillov et al.
// 2023, "Dense prompts": a low-resolution mask of the decoder's own grid).
#pragma once

#include "engine/labs/segmentation/postprocess.h"
#include "engine/labs/segmentation/prompt.h"

namespace orrery::segmentation {

/// How sure a mask is said to be: logits from -8 outside to 8 inside, some 0.9997 as a probability. A cell on the edge gets what
/// lies between by the share of it that is covered.
inline constexpr double toldLogit = 8;

/// [maskSide, maskSide] over the model's square; what is not of the picture is not of the mask. Throws Error when the mask's
/// size is not the fit's.
std::vector<float> maskPrompt(const Mask& mask, const Fit& fit, std::int64_t maskSide);

/// What a model that takes no mask, or that was never asked without a click, is told instead: a click where the mask is deepest.
/// Nothing for an empty mask.
std::optional<Click> clickFor(const Mask& mask);

} // namespace orrery::segmentation
