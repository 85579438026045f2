// SPDX-License-Identifier: GPL-3.0-or-later
// From a picture to what an encoder takes (Kirillov et al. 2023; anchor: SAM's ResizeLongestSide and preprocess): the longer
// side becomes the model's, normalised, then filled up with zeros at the right and below.
#pragma once

#include "engine/labs/segmentation/picture.h"

#include <array>

namespace orrery::segmentation {

/// How a picture lies in the model's square.
struct Fit {
    std::int64_t width = 0, height = 0;       ///< the picture's own size
    std::int64_t newWidth = 0, newHeight = 0; ///< resized: the longer one is the side
    std::int64_t side = 0;

    /// A place of the picture (pixels, x right, y down) in pixels of the square; each axis has its own scale, since sizes are
    /// rounded.
    std::array<double, 2> toModel(double x, double y) const {
        return {x * double(newWidth) / double(width), y * double(newHeight) / double(height)};
    }
};
Fit fitInto(std::int64_t width, std::int64_t height, std::int64_t side);

/// Pillow's bilinear resize, bit for bit: antialiased when it shrinks, weights in 22 bits of fixed point, rows first, then
/// columns, rounded to 8 bits in between (src/libImaging/Resample.c).
Picture resizeBilinear(const Picture& picture, std::int64_t width, std::int64_t height);

/// [3, side, side]: (x - mean) / deviation of ImageNet's channels, zeros (the mean colour) outside. `resized` has the fit's new
/// size.
std::vector<float> normalised(const Picture& resized, const Fit& fit);

} // namespace orrery::segmentation
