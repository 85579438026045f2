// SPDX-License-Identifier: GPL-3.0-or-later
// TinyPrompt's dense map of what was clicked: where, on which colours, on which features. Computed on the host: it is small.
#pragma once

#include "engine/labs/segmentation/prompt.h"

namespace orrery::segmentation {

/// At stride 2: tanh(former logits / 8) or 0, a disk of 5 px about positive and about negative clicks, likeness of colours to
/// positive and to negative clicks.
inline constexpr std::int64_t clickedChannels = 5;

struct ClickedView {
    std::int64_t side = 0;              ///< of the model's square, pixels
    std::span<const float> colours{};   ///< [3, side / 2, side / 2], normalised
    std::span<const float> embedding{}; ///< [side / 8, side / 8, C]
    std::int64_t width = 0;             ///< C
};

/// [5, side / 2, side / 2]. `points` in pixels of the square; corners and nothing leave no trace. `former`: logits [side / 2,
/// side / 2], or none. Likeness is 1 / (1 + (d / 0.4)^2) of the distance d to the most similar clicked colour, a mean of 3 x
/// 3 cells read bilinearly at the click.
std::vector<float> clickedMap(const ClickedView& picture, std::span<const PromptPoint> points, std::span<const float> former);

/// [side / 8, side / 8, 2]: cosine of every feature with the most similar feature clicked positively, and negatively; 0 where
/// there is no such click.
std::vector<float> clickedAffinity(const ClickedView& picture, std::span<const PromptPoint> points);

} // namespace orrery::segmentation
