// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/diffusion/datasets.h"

#include "engine/error.h"
#include "engine/labs/diffusion/journey.h"
#include "engine/philox.h"

#include <cmath>
#include <numbers>

namespace orrery::diffusion {

namespace {

using std::numbers::pi;

constexpr double moonNoise = 0.06, rollNoise = 0.02, spiralNoise = 0.03;

/// What one point is made of: three uniforms in (0, 1), and a pair of normals.
struct Dice {
    double u, v, w, zx, zy;
};

Dice dice(std::uint64_t seed, std::size_t point) {
    const Philox4 a = philox(seed, std::uint32_t(point), 0, std::uint32_t(Stream::shape));
    const Philox4 b = philox(seed, std::uint32_t(point), 1, std::uint32_t(Stream::shape));
    const auto [zx, zy] = normalPair(b);
    return {unitOpen(a[0]), unitOpen(a[1]), unitOpen(a[2]), zx, zy};
}

struct Place {
    double x, y;
};

Place moon(const Dice& d) {
    const double angle = pi * d.u, noise = moonNoise;
    const bool upper = d.v < 0.5;
    const double x = upper ? std::cos(angle) : 1 - std::cos(angle), y = upper ? std::sin(angle) : 0.5 - std::sin(angle);
    return {x + noise * d.zx, y + noise * d.zy};
}

Place swissroll(const Dice& d) {
    const double angle = 1.5 * pi * (1 + 2 * d.u), noise = rollNoise, size = 2 / (4.5 * pi);
    return {size * angle * std::cos(angle) + noise * d.zx, size * angle * std::sin(angle) + noise * d.zy};
}

Place checker(const Dice& d) {
    const int column = std::min(3, int(4 * d.w)), row = 2 * int(d.w * 8 - 2 * column) + column % 2;
    return {column - 2 + d.u, row - 2 + d.v};
}

/// Two arms of an Archimedean spiral, a turn and a half each, even along their length.
Place spiral(const Dice& d) {
    const double turns = std::sqrt(0.03 + 0.97 * d.u), angle = 3 * pi * turns + (d.v < 0.5 ? 0 : pi), noise = spiralNoise;
    const double radius = 2 * turns;
    return {radius * std::cos(angle) + noise * d.zx, radius * std::sin(angle) + noise * d.zy};
}

} // namespace

std::vector<Component> ringOfRings() {
    constexpr double outer = 2, inner = 0.5, deviation = 0.06;
    std::vector<Component> all;
    for (int ring = 0; ring < 8; ++ring)
        for (int bead = 0; bead < 8; ++bead) {
            const double a = 2 * pi * ring / 8, b = 2 * pi * bead / 8;
            all.push_back({outer * std::cos(a) + inner * std::cos(b), outer * std::sin(a) + inner * std::sin(b), deviation, 1});
        }
    return all;
}

std::vector<Component> shapeLaw(const std::string& shape) {
    struct Line {
        Place (*place)(const Dice&);
        int parts, arms;
        double noise;
    };
    const Line line = shape == "moons"       ? Line{moon, 64, 2, moonNoise}
                      : shape == "swissroll" ? Line{swissroll, 768, 1, rollNoise}
                      : shape == "spiral"    ? Line{spiral, 320, 2, spiralNoise}
                                             : Line{};
    if (!line.place) throw Error("no shape named '" + shape + "' whose law is known; there are moons, swissroll and spiral");
    std::vector<Component> all;
    for (int arm = 0; arm < line.arms; ++arm)
        for (int part = 0; part < line.parts; ++part) {
            const Place p = line.place({(part + 0.5) / line.parts, arm == 0 ? 0.25 : 0.75, 0.5, 0, 0});
            all.push_back({p.x, p.y, line.noise, 1});
        }
    return all;
}

std::vector<double> shapePoints(const std::string& shape, std::size_t count, std::uint64_t seed) {
    Place (*place)(const Dice&) = shape == "moons"          ? moon
                                  : shape == "swissroll"    ? swissroll
                                  : shape == "checkerboard" ? checker
                                  : shape == "spiral"       ? spiral
                                                            : nullptr;
    if (!place) throw Error("no shape named '" + shape + "'; there are moons, swissroll, checkerboard and spiral");
    std::vector<double> xy;
    xy.reserve(2 * count);
    for (std::size_t i = 0; i < count; ++i) {
        const Place p = place(dice(seed, i));
        xy.insert(xy.end(), {p.x, p.y});
    }
    return xy;
}

std::vector<double> draw(const Mixture& mixture, std::size_t count, std::uint64_t seed) {
    const AliasTable table = aliasTable(mixture);
    std::vector<double> xy;
    if (mixture.empty()) return xy;
    xy.reserve(2 * count);
    for (std::size_t i = 0; i < count; ++i) {
        const Philox4 words = philox(seed, std::uint32_t(i), 0, std::uint32_t(Stream::subset));
        const Component& c = mixture.components[table.pick(words[2], words[3])];
        const auto [zx, zy] = normalPair(words);
        xy.insert(xy.end(), {c.x + c.s * zx, c.y + c.s * zy});
    }
    return xy;
}

} // namespace orrery::diffusion
