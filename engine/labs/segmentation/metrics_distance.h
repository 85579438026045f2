// SPDX-License-Identifier: GPL-3.0-or-later
// Exact Euclidean distance maps of binary masks (Felzenszwalb and Huttenlocher 2012, lower envelope of parabolas), O(pixels).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace orrery::segmentation {

/// A binary mask of somebody else's: row by row from the top, 0 or not.
struct MaskView {
    std::int64_t width = 0, height = 0;
    std::span<const std::uint8_t> pixels{};

    bool at(std::int64_t x, std::int64_t y) const { return pixels[std::size_t(y * width + x)] != 0; }
};

/// Squared distance of every pixel to the nearest pixel for which `mask` holds; far (1e20) everywhere when there is none.
std::vector<double> squaredDistanceTo(const MaskView& mask);

/// How deep every pixel of `mask` lies inside it: squared distance to the nearest pixel outside, where all that lies beyond the
/// picture's edge is outside too; 0 outside.
std::vector<double> squaredDepth(const MaskView& mask);

} // namespace orrery::segmentation
