// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/baseline.h"

#include <algorithm>
#include <cmath>

namespace orrery::segmentation {

namespace {

using Lab = std::array<float, 3>;

double apart(const Lab& a, const Lab& b) {
    const double x = a[0] - b[0], y = a[1] - b[1], z = a[2] - b[2];
    return std::sqrt(x * x + y * y + z * z);
}

double linear(std::uint8_t byte) { // IEC 61966-2-1
    const double v = byte / 255.0;
    return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
}

double cube(double t) { // CIE 15:2004, 8.2.1.1
    return t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116;
}

constexpr double unreached = 1e20;

} // namespace

std::vector<Lab> labOf(const PictureView& picture) {
    std::array<double, 256> table;
    for (int i = 0; i < 256; ++i) table[std::size_t(i)] = linear(std::uint8_t(i));
    std::vector<Lab> lab(picture.rgb.size() / 3);
    for (std::size_t i = 0; i < lab.size(); ++i) {
        const double r = table[picture.rgb[3 * i]], g = table[picture.rgb[3 * i + 1]], b = table[picture.rgb[3 * i + 2]];
        const double x = cube((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
        const double y = cube(0.2126729 * r + 0.7151522 * g + 0.0721750 * b);
        const double z = cube((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883);
        lab[i] = {float(116 * y - 16), float(500 * (x - y)), float(200 * (y - z))};
    }
    return lab;
}

std::vector<std::uint8_t> floodFill(const std::vector<Lab>& lab, std::int64_t width, std::int64_t height, std::int64_t x,
                                    std::int64_t y, double tolerance) {
    Lab seed{};
    int count = 0;
    for (std::int64_t v = std::max<std::int64_t>(0, y - 1); v <= std::min(height - 1, y + 1); ++v)
        for (std::int64_t u = std::max<std::int64_t>(0, x - 1); u <= std::min(width - 1, x + 1); ++u, ++count)
            for (std::size_t c = 0; c < 3; ++c) seed[c] += lab[std::size_t(v * width + u)][c];
    for (float& c : seed) c /= float(count);
    std::vector<std::uint8_t> mask(lab.size());
    std::vector<std::size_t> open{std::size_t(y * width + x)};
    mask[open[0]] = 1; // the click itself, whatever its colour
    const auto visit = [&](std::size_t i) {
        if (mask[i] || apart(lab[i], seed) > tolerance) return;
        mask[i] = 1;
        open.push_back(i);
    };
    while (!open.empty()) {
        const std::size_t i = open.back();
        open.pop_back();
        const std::int64_t u = std::int64_t(i) % width, v = std::int64_t(i) / width;
        if (u > 0) visit(i - 1);
        if (u < width - 1) visit(i + 1);
        if (v > 0) visit(i - std::size_t(width));
        if (v < height - 1) visit(i + std::size_t(width));
    }
    return mask;
}

std::vector<double> geodesic(const std::vector<Lab>& lab, std::int64_t width, std::int64_t height,
                             std::span<const std::size_t> seeds, double smallness) {
    std::vector<double> distance(lab.size(), unreached);
    for (std::size_t s : seeds) distance[s] = 0;
    if (seeds.empty()) return distance;
    bool changed = true;
    const auto relax = [&](std::int64_t x, std::int64_t y, std::int64_t dx, std::int64_t dy) {
        const std::int64_t u = x + dx, v = y + dy;
        if (u < 0 || v < 0 || u >= width || v >= height) return;
        const auto i = std::size_t(y * width + x), j = std::size_t(v * width + u);
        if (distance[j] >= distance[i]) return;
        const double through = distance[j] + (dx && dy ? std::sqrt(2.0) : 1.0) * (smallness + apart(lab[i], lab[j]));
        if (through < distance[i]) {
            distance[i] = through;
            changed = true;
        }
    };
    while (changed) {
        changed = false;
        for (std::int64_t y = 0; y < height; ++y) {
            for (std::int64_t x = 0; x < width; ++x)
                for (const auto& [dx, dy] : {std::pair{-1, 0}, {-1, -1}, {0, -1}, {1, -1}}) relax(x, y, dx, dy);
            for (std::int64_t x = width - 1; x >= 0; --x) relax(x, y, 1, 0);
        }
        for (std::int64_t y = height - 1; y >= 0; --y) {
            for (std::int64_t x = width - 1; x >= 0; --x)
                for (const auto& [dx, dy] : {std::pair{1, 0}, {1, 1}, {0, 1}, {-1, 1}}) relax(x, y, dx, dy);
            for (std::int64_t x = 0; x < width; ++x) relax(x, y, -1, 0);
        }
    }
    return distance;
}

namespace {

class Classical : public Contender {
 public:
    Classical(Baseline kind, const BaselineScales& scales) : m_kind(kind), m_scales(scales) {}

    std::string name() const override {
        return m_kind == Baseline::disk        ? "disk around the click"
               : m_kind == Baseline::floodFill ? "flood fill in Lab"
                                               : "geodesic distance";
    }

    void open(const PictureView& picture) override {
        m_width = picture.width;
        m_height = picture.height;
        if (m_kind == Baseline::disk) return;
        m_lab = labOf(picture);
        forget();
    }

    std::vector<Candidate> ask(std::span<const Click> clicks) override {
        if (m_kind == Baseline::geodesic) measure(clicks);
        std::vector<Candidate> all;
        for (const std::size_t which : {std::size_t(1), std::size_t(0), std::size_t(2)}) // the middle one is shown
            all.push_back({m_kind == Baseline::geodesic ? reached(m_scales.geodesic[which]) : painted(clicks, which), 0.5});
        return all;
    }

 private:
    std::size_t indexOf(const Click& c) const { return std::size_t(std::llround(c.y) * m_width + std::llround(c.x)); }

    /// Clicks one after another: what is around a positive one is added, around a negative one taken away.
    std::vector<std::uint8_t> painted(std::span<const Click> clicks, std::size_t which) const {
        std::vector<std::uint8_t> mask(std::size_t(m_width * m_height));
        for (const Click& c : clicks) {
            const std::vector<std::uint8_t> spot =
                m_kind == Baseline::disk
                    ? disk(c, m_scales.disk[which] * double(std::max(m_width, m_height)))
                    : floodFill(m_lab, m_width, m_height, std::llround(c.x), std::llround(c.y), m_scales.floodFill[which]);
            for (std::size_t i = 0; i < mask.size(); ++i)
                if (spot[i]) mask[i] = c.positive;
        }
        return mask;
    }

    std::vector<std::uint8_t> disk(const Click& c, double radius) const {
        std::vector<std::uint8_t> mask(std::size_t(m_width * m_height));
        for (std::int64_t y = 0; y < m_height; ++y)
            for (std::int64_t x = 0; x < m_width; ++x)
                mask[std::size_t(y * m_width + x)] = std::hypot(double(x) - c.x, double(y) - c.y) <= radius;
        return mask;
    }

    /// Distances to the nearest click of a kind are minima over clicks: only those that are new are measured.
    void measure(std::span<const Click> clicks) {
        if (m_known.size() > clicks.size() || !std::equal(m_known.begin(), m_known.end(), clicks.begin())) forget();
        for (const Click& c : clicks.subspan(m_known.size())) {
            const std::size_t seed = indexOf(c);
            const std::vector<double> from = geodesic(m_lab, m_width, m_height, {&seed, 1}, m_scales.smallness);
            std::vector<double>& nearest = c.positive ? m_inside : m_outside;
            for (std::size_t i = 0; i < nearest.size(); ++i) nearest[i] = std::min(nearest[i], from[i]);
            m_known.push_back(c);
        }
        m_longest = *std::max_element(m_inside.begin(), m_inside.end());
    }

    void forget() {
        m_known.clear();
        m_inside.assign(m_lab.size(), unreached);
        m_outside.assign(m_lab.size(), unreached);
    }

    std::vector<std::uint8_t> reached(double share) const {
        std::vector<std::uint8_t> mask(m_inside.size());
        for (std::size_t i = 0; i < mask.size(); ++i) mask[i] = m_inside[i] < m_outside[i] && m_inside[i] <= share * m_longest;
        return mask;
    }

    Baseline m_kind;
    BaselineScales m_scales;
    std::int64_t m_width = 0, m_height = 0;
    std::vector<Lab> m_lab;
    std::vector<Click> m_known;
    std::vector<double> m_inside, m_outside;
    double m_longest = 0;
};

} // namespace

std::unique_ptr<Contender> makeBaseline(Baseline kind, const BaselineScales& scales) {
    return std::make_unique<Classical>(kind, scales);
}

} // namespace orrery::segmentation
