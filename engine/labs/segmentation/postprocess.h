// SPDX-License-Identifier: GPL-3.0-or-later
// From a decoder's logits to masks of the picture's own size, as SAM does it: bilinear to the model's square (half-pixel
// centres), cut to where the picture is, bilinear to the picture, then logits above 0.
#pragma once

#include "engine/labs/segmentation/preprocess.h"

#include <functional>

namespace orrery::segmentation {

/// Of the picture's size, row by row, 0 or 1.
struct Mask {
    std::int64_t width = 0, height = 0;
    std::vector<std::uint8_t> pixels{};

    std::int64_t area() const;
    bool operator==(const Mask&) const = default;
};

/// Calls work(y, row of `width` logits) for each row of the picture, from the top. `logits` [side, side] of one mask.
void eachRow(std::span<const float> logits, std::int64_t side, const Fit& fit,
             const std::function<void(std::int64_t y, std::span<const float> row)>& work);
std::vector<float> fullSize(std::span<const float> logits, std::int64_t side, const Fit& fit); ///< [height, width]
Mask maskOf(std::span<const float> logits, std::int64_t side, const Fit& fit, double threshold = 0);

/// At a place of the picture (pixels): bilinear once, which differs from the two steps of a whole mask by less than their cells.
double logitAt(std::span<const float> logits, std::int64_t side, const Fit& fit, double x, double y);

/// |{logit > offset}| / |{logit > -offset}|: how little the mask depends on its threshold; 0 where nothing is above -offset.
double stability(std::span<const float> logits, double offset = 1);
/// The same of the part of [side, side] where the picture is.
double stability(std::span<const float> logits, std::int64_t side, const Fit& fit, double offset = 1);

/// Intersection over union; 1 of two empty masks. Throws Error when the sizes differ.
double iouOf(const Mask& a, const Mask& b);

} // namespace orrery::segmentation
