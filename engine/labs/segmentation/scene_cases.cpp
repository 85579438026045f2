// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/scene_cases.h"

#include "engine/philox.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace orrery::segmentation {

namespace {

/// Numbers of a stream, one after another.
class Draw {
 public:
    Draw(std::uint64_t seed, std::uint32_t item, std::uint32_t stream) : m_seed(seed), m_item(item), m_stream(stream) {}
    double operator()(double low, double high) {
        const Philox4 words = philox(m_seed, m_item, m_next / 4, m_stream);
        return low + (high - low) * unitOpen(words[m_next++ % 4]);
    }

 private:
    std::uint64_t m_seed;
    std::uint32_t m_item, m_stream, m_next = 0;
};

/// Smooth noise in about [-1, 1]: products of incommensurable waves, bent by each other.
struct Marble {
    explicit Marble(Draw& draw) {
        for (double& v : fx) v = draw(0.02, 0.25);
        for (double& v : fy) v = draw(-0.25, 0.25);
        for (double& v : phase) v = draw(0, 2 * std::numbers::pi);
        bend = draw(0, 3);
    }
    double at(double x, double y) const {
        const double a = std::sin(fx[0] * x + fy[0] * y + phase[0]), b = std::sin(fx[1] * x + fy[1] * y + phase[1] + bend * a);
        return 0.6 * std::sin(fx[2] * x + fy[2] * y + phase[2] + bend * b) + 0.4 * a * b;
    }
    double fx[3], fy[3], phase[3], bend;
};

using Colour = std::array<double, 3>;
Colour colour(Draw& draw) {
    const double light = draw(0.08, 0.85), chroma = draw(0, 0.35);
    return {light * (1 + chroma * draw(-1, 1)), light * (1 + chroma * draw(-1, 1)), light * (1 + chroma * draw(-1, 1))};
}

struct Matter {
    explicit Matter(Draw& draw)
        : marble(draw),
          base(colour(draw)),
          vein(colour(draw)),
          contrast(std::pow(draw(0, 1), 2)),
          slopeX(draw(-0.5, 0.5)),
          slopeY(draw(-0.5, 0.5)) {}
    Colour at(double x, double y) const {
        const double t = contrast * (0.5 + 0.5 * marble.at(x, y));
        Colour c;
        for (std::size_t i = 0; i < 3; ++i) c[i] = base[i] * (1 - t) + vein[i] * t;
        return c;
    }
    Marble marble;
    Colour base, vein;
    double contrast, slopeX, slopeY;
};

struct Object {
    Object(Draw& draw, double width, double height)
        : matter(draw),
          x(draw(0.1, 0.9) * width),
          y(draw(0.1, 0.9) * height),
          size(draw(0.07, 0.3) * height),
          turn(draw(0, 6.3)),
          teeth(std::floor(draw(3, 12))),
          depth(draw(0.05, 0.35)),
          stretch(draw(0.7, 1.4)),
          kind(int(draw(0, 3))) {}
    /// Depth below the outline in shares of the size: positive inside.
    double inside(double px, double py) const {
        const double c = std::cos(turn), s = std::sin(turn), u = (c * (px - x) + s * (py - y)) / size * stretch,
                     v = (c * (py - y) - s * (px - x)) / size / stretch;
        const double r = std::hypot(u, v), angle = std::atan2(v, u);
        if (kind == 0) return 1 - depth * 0.5 * (1 + std::tanh(4 * std::sin(teeth * angle))) - r;         // gear
        if (kind == 1) return 0.75 + depth * std::sin(2 * angle) + depth * 0.6 * std::cos(3 * angle) - r; // lobes
        return std::min(0.32 - std::abs(v - 0.5 * depth * std::sin(3 * u)), 1 - std::abs(u));             // bent bar
    }
    Matter matter;
    double x, y, size, turn, teeth, depth, stretch;
    int kind;
};

} // namespace

KnownPicture generatedPicture(std::uint64_t seed, std::uint32_t index, std::int64_t width, std::int64_t height) {
    Draw draw(seed, index, 0x7363656eU);
    const Matter ground(draw);
    std::vector<Object> objects;
    for (int n = int(draw(3, 9)), k = 0; k < n; ++k) objects.emplace_back(draw, double(width), double(height));
    const double lightX = draw(-0.5, 0.5), lightY = draw(-0.5, 0.5), reach = draw(2, 9), dark = draw(0.2, 0.7);
    const double noise = draw(0.002, 0.03);
    KnownPicture picture{"generated " + std::to_string(index), width, height, {}, {}};
    std::vector<int> top(std::size_t(width * height), -1);
    std::vector<int> seen(objects.size(), 0);
    picture.rgb.resize(std::size_t(width * height * 3));
    constexpr int across = 2; // samples along each axis of a pixel
    for (std::int64_t py = 0; py < height; ++py)
        for (std::int64_t px = 0; px < width; ++px) {
            Colour sum{};
            const auto i = std::size_t(py * width + px);
            for (int sample = 0; sample < across * across; ++sample) {
                const double x = double(px) + (sample % across + 0.5) / across - 0.5,
                             y = double(py) + (sample / across + 0.5) / across - 0.5;
                int which = -1;
                for (int k = 0; k < int(objects.size()); ++k)
                    if (objects[std::size_t(k)].inside(x, y) > 0) which = k;
                const Matter& matter = which < 0 ? ground : objects[std::size_t(which)].matter;
                double light = 1 + 0.8 * (matter.slopeX * lightX + matter.slopeY * lightY);
                for (int k = which + 1; k < int(objects.size()); ++k) // what lies above casts a shadow, off the light
                    if (objects[std::size_t(k)].inside(x + lightX * reach * 2, y + lightY * reach * 2) > 0) light *= 1 - dark;
                if (which >= 0) { // rounded towards the outline
                    const Object& o = objects[std::size_t(which)];
                    light *= 0.75 + 0.25 * std::min(1.0, 5 * o.inside(x, y));
                }
                const Colour c = matter.at(x, y);
                for (std::size_t n = 0; n < 3; ++n) sum[n] += c[n] * light / (across * across);
            }
            for (int k = 0; k < int(objects.size()); ++k)
                if (objects[std::size_t(k)].inside(double(px), double(py)) > 0) top[i] = k;
            if (top[i] >= 0) ++seen[std::size_t(top[i])];
            for (std::size_t n = 0; n < 3; ++n) {
                const double grain = normalPair(philox(seed, std::uint32_t(3 * i + n), index, 0x6772616eU))[0];
                const double value = std::clamp(sum[n] + noise * grain, 0.0, 1.0);
                picture.rgb[3 * i + n] = std::uint8_t(std::lround(255 * std::pow(value, 1 / 2.2)));
            }
        }
    const int asked = int(std::max_element(seen.begin(), seen.end()) - seen.begin());
    for (const int k : top) picture.mask.push_back(k == asked);
    return picture;
}

} // namespace orrery::segmentation
