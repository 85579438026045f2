// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/mask_prompt.h"

#include "engine/error.h"
#include "engine/labs/segmentation/clicks.h"

#include <algorithm>

namespace orrery::segmentation {

std::vector<float> maskPrompt(const Mask& mask, const Fit& fit, std::int64_t maskSide) {
    if (mask.width != fit.width || mask.height != fit.height) throw Error("the mask is of another picture's size");
    // Pixels of the picture to a cell; a cell holds whole pixels' shares in proportion to their overlap with it.
    const double cellsX = double(fit.newWidth) / double(fit.side) * double(maskSide) / double(fit.width),
                 cellsY = double(fit.newHeight) / double(fit.side) * double(maskSide) / double(fit.height);
    std::vector<double> covered(std::size_t(maskSide * maskSide));
    const auto spread = [maskSide](double from, double to, auto&& give) { // over the cells between, by their share
        for (auto cell = std::int64_t(from); cell < maskSide && double(cell) < to; ++cell) {
            const double share = std::min(to, double(cell + 1)) - std::max(from, double(cell));
            if (share > 0) give(cell, share);
        }
    };
    for (std::int64_t y = 0; y < mask.height; ++y) {
        const std::uint8_t* row = mask.pixels.data() + y * mask.width;
        for (std::int64_t x = 0; x < mask.width;) { // by runs
            if (row[x] == 0) {
                ++x;
                continue;
            }
            const std::int64_t from = x;
            while (x < mask.width && row[x] != 0) ++x;
            spread(double(y) * cellsY, double(y + 1) * cellsY, [&](std::int64_t v, double down) {
                spread(double(from) * cellsX, double(x) * cellsX,
                       [&](std::int64_t u, double across) { covered[std::size_t(v * maskSide + u)] += down * across; });
            });
        }
    }
    std::vector<float> logits;
    logits.reserve(covered.size());
    for (const double share : covered) logits.push_back(float(toldLogit * (2 * std::min(1.0, share) - 1)));
    return logits;
}

std::optional<Click> clickFor(const Mask& mask) { return firstClick({mask.width, mask.height, mask.pixels}); }

} // namespace orrery::segmentation
