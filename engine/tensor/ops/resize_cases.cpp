// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/cases.h"
#include "engine/tensor/ops/resize.h"

#include <algorithm>
#include <cmath>

namespace orrery::tensor {

namespace {

/// One axis in float64: where place i of `to` lies in `from`.
double placeOf(std::int64_t i, std::int64_t from, std::int64_t to, bool alignCorners) {
    if (alignCorners) return to > 1 ? double(i) * double(from - 1) / double(to - 1) : 0;
    return std::max(0.0, (double(i) + 0.5) * double(from) / double(to) - 0.5);
}

Expected reference(const Array& x, std::int64_t height, std::int64_t width, bool alignCorners) {
    const Shape shape = x.shape.with(-2, height).with(-1, width);
    const std::int64_t H = x.shape.at(-2), W = x.shape.at(-1);
    Expected e{Array(shape), Array(shape)};
    for (std::size_t i = 0; i < e.value.size(); ++i) {
        const auto at = std::int64_t(i), plane = at / (height * width);
        const double y = placeOf(at / width % height, H, height, alignCorners), v = placeOf(at % width, W, width, alignCorners);
        // A tent over each element: the same formula seen from the other side. Beyond the last element it stays.
        const double atY = std::min(y, double(H - 1)), atX = std::min(v, double(W - 1));
        for (std::int64_t r = std::int64_t(atY); r < std::min(H, std::int64_t(atY) + 2); ++r)
            for (std::int64_t c = std::int64_t(atX); c < std::min(W, std::int64_t(atX) + 2); ++c) {
                const double weight = std::max(0.0, 1 - std::abs(atY - double(r))) * std::max(0.0, 1 - std::abs(atX - double(c)));
                const double value = x[std::size_t((plane * H + r) * W + c)];
                e.value[i] += weight * value, e.scale[i] += std::abs(value);
            }
    }
    return e;
}

Case resizeCase(const Shape& from, std::int64_t height, std::int64_t width, bool alignCorners) {
    Case row;
    row.name = from.text() + " to " + Shape{height, width}.text() + (alignCorners ? " corners" : "");
    row.inputs = {{from}};
    row.run = [=](Context& c, std::span<const Tensor> in) { return resize(c, in[0], height, width, alignCorners); };
    row.reference = [=](std::span<const Array> in) { return reference(in[0], height, width, alignCorners); };
    // Per axis a rounding of the share, its complement, two products and a sum, relative to the four values' magnitudes.
    row.tolerance = 8;
    return row;
}

} // namespace

std::vector<Case> resizeCases() {
    std::vector<Case> rows;
    for (const bool corners : {false, true})
        for (const auto& [from, height, width] : std::vector<std::tuple<Shape, int, int>>{
                 {{2, 3, 4, 6}, 8, 12},
                 {{3, 5, 7}, 11, 13},
                 {{2, 13, 17}, 5, 7},
                 {{1, 2, 9, 4}, 3, 16},
                 {{6, 10}, 6, 10}, // itself
                 {{2, 1, 1}, 5, 4},
                 {{2, 7, 5}, 1, 1},
                 {{1, 64, 3}, 7, 31},
                 {{0, 4, 5}, 3, 3},
             })
            rows.push_back(resizeCase(from, height, width, corners));
    return rows;
}

std::vector<Case> resizeBenches(std::int64_t scale) {
    Case row = resizeCase({scale, 16, 128, 128}, 512, 512, false);
    row.name = "resize " + std::to_string(scale * 16) + " of 128x128 to 512x512";
    row.bytes = 4.0 * double(scale) * 16 * (128 * 128 + 512 * 512), row.flops = 6.0 * double(scale) * 16 * 512 * 512;
    return {row};
}

} // namespace orrery::tensor
