// SPDX-License-Identifier: GPL-3.0-or-later
// Bilinear resizing of images, without antialiasing.
#pragma once

#include "engine/tensor/context.h"

namespace orrery::tensor {

/// x [..., H, W] to [..., height, width], in x's type. Place i of the result lies at
///   (i + 1/2) H / height - 1/2, no less than 0      (half-pixel centres)
///   i (H - 1) / (height - 1)                        (alignCorners)
/// of x, and takes the two nearest rows by their distance; likewise for columns. As PyTorch's interpolate, mode bilinear.
/// Places are computed in whole numbers, so that weights are exact to a rounding. Throws Error naming the shapes when x has
/// fewer than two axes or an empty image, or when a size of x times that of the result is 2^31 or more.
Tensor resize(Context& context, const Tensor& x, std::int64_t height, std::int64_t width, bool alignCorners = false);

} // namespace orrery::tensor
