// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done without learning anything, under the same clicks as the learned models: a disk around the click, flood
// fill in CIE Lab, geodesic distance. Each offers three masks, from narrow to wide, and shows the middle one first.
#pragma once

#include "engine/labs/segmentation/metrics.h"

#include <array>

namespace orrery::segmentation {

/// CIE L*a*b* (D65) of sRGB, [pixels][3]; L in 0..100.
std::vector<std::array<float, 3>> labOf(const PictureView& picture);

/// Pixels joined to `x`, `y` by four-connected steps over pixels whose Lab colour lies within `tolerance` of the mean of the
/// 3 x 3 pixels around it.
std::vector<std::uint8_t> floodFill(const std::vector<std::array<float, 3>>& lab, std::int64_t width, std::int64_t height,
                                    std::int64_t x, std::int64_t y, double tolerance);

/// Length of the shortest path from each pixel to any of `seeds` (indices) over the eight neighbours; a step of length d (1 or
/// sqrt 2) between colours that differ by c costs d * (smallness + c). Raster scans back and forth until nothing changes, which
/// gives the graph's exact distances; 1e20 when there is no seed.
std::vector<double> geodesic(const std::vector<std::array<float, 3>>& lab, std::int64_t width, std::int64_t height,
                             std::span<const std::size_t> seeds, double smallness);

enum class Baseline { disk, floodFill, geodesic };

/// What a baseline's three masks differ by: the best of a coarse search on 30 generated pictures of the training families
/// that are in no set measured on (IoU after 1 and 3 clicks).
struct BaselineScales {
    std::array<double, 3> disk{0.06, 0.12, 0.24};      ///< radius, share of the longer side
    std::array<double, 3> floodFill{6.5, 13, 26};      ///< Lab tolerance
    std::array<double, 3> geodesic{0.085, 0.17, 0.34}; ///< reach: share of the largest distance in the picture
    double smallness = 0.15;                           ///< Lab units that a step of one pixel costs at least
};

std::unique_ptr<Contender> makeBaseline(Baseline kind, const BaselineScales& scales = {});

} // namespace orrery::segmentation
