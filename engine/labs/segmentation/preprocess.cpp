// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/preprocess.h"

#include "engine/error.h"

#include <algorithm>
#include <cmath>

namespace orrery::segmentation {

namespace {

constexpr int fractionBits = 32 - 8 - 2; // Pillow's PRECISION_BITS
constexpr std::array<double, 3> means{123.675, 116.28, 103.53}, deviations{58.395, 57.12, 57.375};

/// The pixels that one place of the result sums up, and with what weights.
struct Window {
    std::int64_t first = 0;
    std::vector<std::int32_t> weights{};
};

std::vector<Window> windows(std::int64_t in, std::int64_t out) {
    const double scale = double(in) / double(out), stretch = std::max(1.0, scale), support = stretch;
    std::vector<Window> all(static_cast<std::size_t>(out));
    std::vector<double> raw;
    for (std::int64_t i = 0; i < out; ++i) {
        const double centre = (double(i) + 0.5) * scale;
        const std::int64_t first = std::max<std::int64_t>(0, std::int64_t(centre - support + 0.5));
        const std::int64_t end = std::min(in, std::int64_t(centre + support + 0.5));
        raw.clear();
        double sum = 0;
        for (std::int64_t j = first; j < end; ++j) {
            const double distance = std::abs((double(j) - centre + 0.5) / stretch);
            raw.push_back(distance < 1 ? 1 - distance : 0);
            sum += raw.back();
        }
        Window& window = all[std::size_t(i)];
        window.first = first;
        for (const double weight : raw) {
            const double share = sum != 0 ? weight / sum : weight;
            window.weights.push_back(std::int32_t((share < 0 ? -0.5 : 0.5) + share * double(1 << fractionBits)));
        }
    }
    return all;
}

std::uint8_t clipped(std::int32_t sum) { return std::uint8_t(std::clamp(sum >> fractionBits, 0, 255)); }

Picture resizedRows(const Picture& from, std::int64_t width) {
    Picture to{width, from.height, std::vector<std::uint8_t>(std::size_t(3 * width * from.height))};
    const std::vector<Window> all = windows(from.width, width);
    std::uint8_t* out = to.rgb.data();
    for (std::int64_t y = 0; y < from.height; ++y)
        for (const Window& window : all) {
            std::array<std::int32_t, 3> sum{1 << (fractionBits - 1), 1 << (fractionBits - 1), 1 << (fractionBits - 1)};
            const std::uint8_t* in = from.rgb.data() + 3 * (y * from.width + window.first);
            for (const std::int32_t weight : window.weights)
                for (std::size_t c = 0; c < 3; ++c) sum[c] += weight * std::int32_t(*in++);
            for (std::size_t c = 0; c < 3; ++c) *out++ = clipped(sum[c]);
        }
    return to;
}

Picture resizedColumns(const Picture& from, std::int64_t height) {
    Picture to{from.width, height, std::vector<std::uint8_t>(std::size_t(3 * from.width * height))};
    const std::int64_t row = 3 * from.width;
    std::vector<std::int32_t> sums(static_cast<std::size_t>(row));
    std::uint8_t* out = to.rgb.data();
    for (const Window& window : windows(from.height, height)) {
        std::fill(sums.begin(), sums.end(), 1 << (fractionBits - 1));
        const std::uint8_t* in = from.rgb.data() + window.first * row;
        for (const std::int32_t weight : window.weights)
            for (std::int32_t& sum : sums) sum += weight * std::int32_t(*in++);
        for (const std::int32_t sum : sums) *out++ = clipped(sum);
    }
    return to;
}

} // namespace

Fit fitInto(std::int64_t width, std::int64_t height, std::int64_t side) {
    if (width < 1 || height < 1) throw Error("a picture of no pixels cannot be segmented");
    const double scale = double(side) / double(std::max(width, height));
    // A thread of one pixel keeps at least one.
    const auto scaled = [&](std::int64_t size) { return std::max<std::int64_t>(1, std::int64_t(double(size) * scale + 0.5)); };
    return {width, height, scaled(width), scaled(height), side};
}

Picture resizeBilinear(const Picture& picture, std::int64_t width, std::int64_t height) {
    Picture now = width == picture.width ? picture : resizedRows(picture, width);
    return height == now.height ? now : resizedColumns(now, height);
}

std::vector<float> normalised(const Picture& resized, const Fit& fit) {
    std::vector<float> values(std::size_t(3 * fit.side * fit.side), 0.0F);
    for (std::size_t c = 0; c < 3; ++c)
        for (std::int64_t y = 0; y < resized.height; ++y) {
            float* to = values.data() + (std::int64_t(c) * fit.side + y) * fit.side;
            const std::uint8_t* from = resized.rgb.data() + 3 * y * resized.width + c;
            for (std::int64_t x = 0; x < resized.width; ++x, from += 3) to[x] = float((double(*from) - means[c]) / deviations[c]);
        }
    return values;
}

} // namespace orrery::segmentation
