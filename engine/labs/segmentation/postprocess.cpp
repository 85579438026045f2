// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/postprocess.h"

#include "engine/error.h"

#include <algorithm>
#include <numeric>

namespace orrery::segmentation {

namespace {

/// Between which two places of `in` each place of `out` lies.
struct Between {
    std::int64_t low = 0, high = 0;
    float share = 0; ///< of high
};

std::vector<Between> placesOf(std::int64_t in, std::int64_t out) {
    std::vector<Between> all(static_cast<std::size_t>(out));
    for (std::int64_t i = 0; i < out; ++i) {
        const double at = std::max(0.0, (double(i) + 0.5) * double(in) / double(out) - 0.5);
        const auto low = std::min(std::int64_t(at), in - 1);
        all[std::size_t(i)] = {low, std::min(low + 1, in - 1), float(at - double(low))};
    }
    return all;
}

void alongRow(const float* from, std::span<const Between> places, float* to) {
    for (const Between& p : places) *to++ = from[p.low] + (from[p.high] - from[p.low]) * p.share;
}

/// Rows of an image enlarged, one after the other from the top: at most two widened rows are kept.
class Rows {
 public:
    Rows(const float* image, std::int64_t stride, std::int64_t width, std::int64_t height, std::int64_t newWidth,
         std::int64_t newHeight)
        : m_image(image), m_stride(stride), m_across(placesOf(width, newWidth)), m_down(placesOf(height, newHeight)) {
        for (Line& line : m_lines) line.values.resize(std::size_t(newWidth));
    }
    void row(std::int64_t y, float* to) {
        const Between& p = m_down[std::size_t(y)];
        const float *low = widened(p.low, p.high), *high = widened(p.high, p.low);
        for (std::size_t x = 0; x < m_across.size(); ++x) to[x] = low[x] + (high[x] - low[x]) * p.share;
    }

 private:
    struct Line {
        std::int64_t number = -1;
        std::vector<float> values{};
    };
    const float* widened(std::int64_t number, std::int64_t other) {
        for (const Line& line : m_lines)
            if (line.number == number) return line.values.data();
        Line& line = m_lines[0].number == other ? m_lines[1] : m_lines[0];
        line.number = number;
        alongRow(m_image + number * m_stride, m_across, line.values.data());
        return line.values.data();
    }

    const float* m_image;
    std::int64_t m_stride;
    std::vector<Between> m_across, m_down;
    std::array<Line, 2> m_lines;
};

double stable(double above, double within) { return within > 0 ? above / within : 0; }

} // namespace

std::int64_t Mask::area() const { return std::accumulate(pixels.begin(), pixels.end(), std::int64_t(0)); }

void eachRow(std::span<const float> logits, std::int64_t side, const Fit& fit,
             const std::function<void(std::int64_t, std::span<const float>)>& work) {
    if (std::int64_t(logits.size()) != side * side)
        throw Error("a mask of " + std::to_string(logits.size()) + " logits is no square of " + std::to_string(side));
    std::vector<float> square(std::size_t(fit.side * fit.newHeight)), row(std::size_t(fit.width));
    Rows whole(logits.data(), side, side, side, fit.side, fit.side);
    for (std::int64_t y = 0; y < fit.newHeight; ++y) whole.row(y, square.data() + y * fit.side);
    Rows cut(square.data(), fit.side, fit.newWidth, fit.newHeight, fit.width, fit.height);
    for (std::int64_t y = 0; y < fit.height; ++y) {
        cut.row(y, row.data());
        work(y, row);
    }
}

std::vector<float> fullSize(std::span<const float> logits, std::int64_t side, const Fit& fit) {
    std::vector<float> all(std::size_t(fit.width * fit.height));
    eachRow(logits, side, fit,
            [&](std::int64_t y, std::span<const float> row) { std::ranges::copy(row, all.begin() + y * fit.width); });
    return all;
}

Mask maskOf(std::span<const float> logits, std::int64_t side, const Fit& fit, double threshold) {
    Mask mask{fit.width, fit.height, std::vector<std::uint8_t>(std::size_t(fit.width * fit.height))};
    eachRow(logits, side, fit, [&](std::int64_t y, std::span<const float> row) {
        std::uint8_t* to = mask.pixels.data() + y * fit.width;
        for (const float logit : row) *to++ = double(logit) > threshold;
    });
    return mask;
}

double logitAt(std::span<const float> logits, std::int64_t side, const Fit& fit, double x, double y) {
    const auto place = fit.toModel(x, y);
    const auto at = [&](double model) {
        return std::clamp(model * double(side) / double(fit.side) - 0.5, 0.0, double(side - 1));
    };
    const double column = at(place[0]), row = at(place[1]);
    const auto left = std::int64_t(column), top = std::int64_t(row);
    const std::int64_t right = std::min(left + 1, side - 1), bottom = std::min(top + 1, side - 1);
    const auto value = [&](std::int64_t j, std::int64_t i) { return double(logits[std::size_t(j * side + i)]); };
    const double across = column - double(left), down = row - double(top);
    return (1 - down) * ((1 - across) * value(top, left) + across * value(top, right)) +
           down * ((1 - across) * value(bottom, left) + across * value(bottom, right));
}

double stability(std::span<const float> logits, double offset) {
    std::int64_t above = 0, within = 0;
    for (const float logit : logits) above += double(logit) > offset, within += double(logit) > -offset;
    return stable(double(above), double(within));
}

double stability(std::span<const float> logits, std::int64_t side, const Fit& fit, double offset) {
    const std::int64_t columns = (fit.newWidth * side + fit.side - 1) / fit.side,
                       rows = (fit.newHeight * side + fit.side - 1) / fit.side;
    std::int64_t above = 0, within = 0;
    for (std::int64_t y = 0; y < rows; ++y)
        for (std::int64_t x = 0; x < columns; ++x) {
            const double logit = double(logits[std::size_t(y * side + x)]);
            above += logit > offset, within += logit > -offset;
        }
    return stable(double(above), double(within));
}

double iouOf(const Mask& a, const Mask& b) {
    if (a.width != b.width || a.height != b.height) throw Error("masks of different sizes cannot be compared");
    std::int64_t both = 0, either = 0;
    for (std::size_t i = 0; i < a.pixels.size(); ++i) both += a.pixels[i] & b.pixels[i], either += a.pixels[i] | b.pixels[i];
    return either > 0 ? double(both) / double(either) : 1;
}

} // namespace orrery::segmentation
