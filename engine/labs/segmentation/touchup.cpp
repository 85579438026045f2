// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/touchup.h"

#include <algorithm>
#include <cmath>

namespace orrery::segmentation {

void paint(Mask& mask, std::span<const Dab> dabs) {
    for (const Dab& dab : dabs) {
        const auto first = std::max<std::int64_t>(0, std::int64_t(std::ceil(dab.y - dab.radius - 0.5)));
        const auto last = std::min<std::int64_t>(mask.height - 1, std::int64_t(std::floor(dab.y + dab.radius - 0.5)));
        for (std::int64_t y = first; y <= last; ++y) {
            const double down = double(y) + 0.5 - dab.y;
            const double half = std::sqrt(std::max(0.0, dab.radius * dab.radius - down * down));
            const auto left = std::max<std::int64_t>(0, std::int64_t(std::ceil(dab.x - half - 0.5)));
            const auto right = std::min<std::int64_t>(mask.width - 1, std::int64_t(std::floor(dab.x + half - 0.5)));
            for (std::int64_t x = left; x <= right; ++x) mask.pixels[std::size_t(y * mask.width + x)] = dab.adds;
        }
    }
}

} // namespace orrery::segmentation
