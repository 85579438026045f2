// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/tiny_clicked.h"

#include <algorithm>
#include <cmath>

namespace orrery::segmentation {

namespace {

constexpr double radius = 5, halfAt = 0.4;

/// Four cells and their shares about a place: half-pixel centres, edges repeated (grid_sample's bilinear, border).
struct Corners {
    std::size_t cell[4]{};
    double share[4]{};
};
Corners cornersOf(double x, double y, std::int64_t side, std::int64_t stride) {
    const std::int64_t n = side / stride;
    const auto place = [&](double at) { return std::clamp((at + 0.5) / double(stride) - 0.5, 0.0, double(n - 1)); };
    const double u = place(x), v = place(y);
    const auto i = std::int64_t(u), j = std::int64_t(v);
    const std::int64_t i1 = std::min(i + 1, n - 1), j1 = std::min(j + 1, n - 1);
    const double a = u - double(i), b = v - double(j);
    return {{std::size_t(j * n + i), std::size_t(j * n + i1), std::size_t(j1 * n + i), std::size_t(j1 * n + i1)},
            {(1 - a) * (1 - b), a * (1 - b), (1 - a) * b, a * b}};
}

/// The mean over a cell and those of its eight neighbours that exist.
double smoothed(std::span<const float> plane, std::int64_t n, std::size_t cell) {
    const std::int64_t x = std::int64_t(cell) % n, y = std::int64_t(cell) / n;
    double sum = 0;
    int count = 0;
    for (std::int64_t v = std::max<std::int64_t>(0, y - 1); v <= std::min(n - 1, y + 1); ++v)
        for (std::int64_t u = std::max<std::int64_t>(0, x - 1); u <= std::min(n - 1, x + 1); ++u, ++count)
            sum += plane[std::size_t(v * n + u)];
    return sum / count;
}

/// Which of the two channels a point writes to: 0 positive, 1 negative, none otherwise.
std::optional<std::size_t> kindOf(const PromptPoint& point) {
    if (point.kind == PromptPoint::Kind::positive) return 0;
    if (point.kind == PromptPoint::Kind::negative) return 1;
    return std::nullopt;
}

void raise(float& value, double to) { value = std::max(value, float(to)); }

} // namespace

std::vector<float> clickedMap(const ClickedView& picture, std::span<const PromptPoint> points, std::span<const float> former) {
    const std::int64_t n = picture.side / 2;
    const auto pixels = std::size_t(n * n);
    std::vector<float> map(clickedChannels * pixels, 0.0F);
    for (std::size_t i = 0; i < former.size(); ++i) map[i] = std::tanh(former[i] / 8);
    const auto plane = [&](std::size_t c) { return picture.colours.subspan(c * pixels, pixels); };
    for (const PromptPoint& point : points) {
        const std::optional<std::size_t> kind = kindOf(point);
        if (!kind) continue;
        float *disk = map.data() + (1 + *kind) * pixels, *like = map.data() + (3 + *kind) * pixels;
        const Corners at = cornersOf(point.x, point.y, picture.side, 2);
        double colour[3]{};
        for (std::size_t c = 0; c < 3; ++c)
            for (std::size_t k = 0; k < 4; ++k) colour[c] += at.share[k] * smoothed(plane(c), n, at.cell[k]);
        for (std::int64_t y = 0; y < n; ++y)
            for (std::int64_t x = 0; x < n; ++x) {
                const auto i = std::size_t(y * n + x);
                const double d = std::hypot(double(2 * x) + 0.5 - point.x, double(2 * y) + 0.5 - point.y);
                raise(disk[i], std::clamp((radius + 1 - d) / 2, 0.0, 1.0));
                double apart = 0;
                for (std::size_t c = 0; c < 3; ++c) apart += std::pow(double(plane(c)[i]) - colour[c], 2);
                raise(like[i], 1 / (1 + apart / (halfAt * halfAt)));
            }
    }
    return map;
}

std::vector<float> clickedAffinity(const ClickedView& picture, std::span<const PromptPoint> points) {
    const std::int64_t n = picture.side / 8, C = picture.width;
    const auto cells = std::size_t(n * n);
    std::vector<double> unit(picture.embedding.begin(), picture.embedding.end());
    const auto normalise = [&](double* from) {
        double square = 0;
        for (std::int64_t c = 0; c < C; ++c) square += from[c] * from[c];
        const double length = std::max(std::sqrt(square), 1e-6);
        for (std::int64_t c = 0; c < C; ++c) from[c] /= length;
    };
    for (std::size_t i = 0; i < cells; ++i) normalise(unit.data() + std::int64_t(i) * C);
    std::vector<float> affinity(2 * cells, 0.0F);
    bool seen[2]{};
    for (const PromptPoint& point : points) {
        const std::optional<std::size_t> kind = kindOf(point);
        if (!kind) continue;
        const Corners at = cornersOf(point.x, point.y, picture.side, 8);
        std::vector<double> clicked(std::size_t(C), 0.0);
        for (std::size_t k = 0; k < 4; ++k)
            for (std::int64_t c = 0; c < C; ++c)
                clicked[std::size_t(c)] += at.share[k] * unit[at.cell[k] * std::size_t(C) + std::size_t(c)];
        normalise(clicked.data());
        for (std::size_t i = 0; i < cells; ++i) {
            double cosine = 0;
            for (std::int64_t c = 0; c < C; ++c) cosine += clicked[std::size_t(c)] * unit[i * std::size_t(C) + std::size_t(c)];
            float& value = affinity[2 * i + *kind];
            value = seen[*kind] ? std::max(value, float(cosine)) : float(cosine);
        }
        seen[*kind] = true;
    }
    return affinity;
}

} // namespace orrery::segmentation
