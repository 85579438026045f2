// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures with known objects for the bench, made here and not by the generator that TinyPrompt is trained on: gears, lobes and
// bent bars of marbled matter under one light, over a marbled ground. Neither shapes nor textures are shared with it.
#pragma once

#include "engine/labs/segmentation/metrics.h"

namespace orrery::segmentation {

/// A picture and the mask of one object in it.
struct KnownPicture {
    std::string name{};
    std::int64_t width = 0, height = 0;
    std::vector<std::uint8_t> rgb{}, mask{};

    Case asCase() const { return {{width, height, rgb}, {width, height, mask}}; }
};

/// Picture number `index` of a seed: three to eight objects; asked for is the one of which most is seen.
KnownPicture generatedPicture(std::uint64_t seed, std::uint32_t index, std::int64_t width = 192, std::int64_t height = 144);

/// All pictures of a folder that come with a mask: "NAME.mask.png" (lighter than half: object) beside "NAME.png" or
/// "NAME.jpg", and those of "photographs.json", whose masks are outlines in pixels. Throws Error naming the file that does
/// not fit, or the folder when there is none.
std::vector<KnownPicture> picturesOf(const std::string& folder);

/// Pixels whose centre lies inside a polygon by the even-odd rule; points [x, y], (0, 0) is the picture's corner.
std::vector<std::uint8_t> insideOf(const std::vector<std::vector<std::array<double, 2>>>& outlines, std::int64_t width,
                                   std::int64_t height);

} // namespace orrery::segmentation
