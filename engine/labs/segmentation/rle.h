// SPDX-License-Identifier: GPL-3.0-or-later
// Masks as COCO writes them (cocoapi, common/maskApi.c): lengths of runs down the columns, from the top left, beginning with a
// run of zeros that may be empty.
#pragma once

#include "engine/labs/segmentation/postprocess.h"

namespace orrery::segmentation {

struct Rle {
    std::int64_t width = 0, height = 0;
    std::vector<std::uint32_t> counts{};

    std::int64_t area() const; ///< sum of every second run
    bool operator==(const Rle&) const = default;
};

Rle encoded(const Mask& mask);
Mask decoded(const Rle& rle); ///< throws Error when the runs do not fill the picture

/// The compressed form: five bits a letter from '0' on, runs from the third on as differences to the last but one.
std::string compressed(const Rle& rle);
Rle uncompressed(const std::string& text, std::int64_t width, std::int64_t height); ///< throws Error when it is no such text

/// x, y of the first pixel, width and height; zeros where the mask is empty.
std::array<std::int64_t, 4> boundsOf(const Mask& mask);

} // namespace orrery::segmentation
