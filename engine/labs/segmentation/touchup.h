// SPDX-License-Identifier: GPL-3.0-or-later
// A mask mended by hand: disks of a brush added to it or taken from it, one after the other.
#pragma once

#include "engine/labs/segmentation/postprocess.h"

#include <span>

namespace orrery::segmentation {

/// In pixels of the picture; (x, y) is a place, the middle of pixel (i, j) lies at (i + 1/2, j + 1/2).
struct Dab {
    double x = 0, y = 0, radius = 1;
    bool adds = true;
    bool operator==(const Dab&) const = default;
};

/// Sets the pixels whose middle lies within a dab's radius.
void paint(Mask& mask, std::span<const Dab> dabs);

} // namespace orrery::segmentation
