// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/clicks.h"

#include "engine/error.h"
#include "engine/philox.h"

#include <algorithm>

namespace orrery::segmentation {

namespace {

struct Deepest {
    double depth = 0; // squared
    std::int64_t x = 0, y = 0;
};

Deepest deepest(const MaskView& mask) {
    const std::vector<double> depth = squaredDepth(mask);
    const auto best = std::max_element(depth.begin(), depth.end()); // the first of equals
    if (best == depth.end()) return {};
    const auto i = best - depth.begin();
    return {*best, i % mask.width, i / mask.width};
}

} // namespace

std::optional<Click> firstClick(const MaskView& mask) {
    const Deepest d = deepest(mask);
    if (d.depth <= 0) return std::nullopt;
    return Click{double(d.x), double(d.y), true};
}

std::optional<Click> nextClick(const MaskView& truth, const MaskView& answer) {
    if (truth.width != answer.width || truth.height != answer.height)
        throw Error("the answer is of another size than the mask that was asked for");
    std::vector<std::uint8_t> missing(truth.pixels.size()), extra(truth.pixels.size());
    for (std::size_t i = 0; i < missing.size(); ++i) {
        missing[i] = truth.pixels[i] && !answer.pixels[i];
        extra[i] = !truth.pixels[i] && answer.pixels[i];
    }
    const Deepest less = deepest({truth.width, truth.height, missing}), more = deepest({truth.width, truth.height, extra});
    if (less.depth <= 0 && more.depth <= 0) return std::nullopt;
    if (less.depth >= more.depth) return Click{double(less.x), double(less.y), true};
    return Click{double(more.x), double(more.y), false};
}

Click jittered(const Click& click, double reach, std::int64_t width, std::int64_t height, std::uint64_t seed,
               std::uint32_t draw) {
    const Philox4 bits = philox(seed, draw, 0, 0x6a697474u);
    const auto moved = [&](double at, std::uint32_t word, std::int64_t size) {
        return std::clamp(at + (unitOpen(word) * 2 - 1) * reach, 0.0, double(size - 1));
    };
    return {moved(click.x, bits[0], width), moved(click.y, bits[1], height), click.positive};
}

} // namespace orrery::segmentation
