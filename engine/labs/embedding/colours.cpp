// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/colours.h"

#include "engine/colour_tables.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>
#include <vector>

namespace orrery::embedding {

namespace {

glm::vec3 fromHex(std::uint32_t hex) {
    return glm::vec3(float(hex >> 16 & 255), float(hex >> 8 & 255), float(hex & 255)) / 255.F;
}

/// Björn Ottosson's OKLCH: equal lightness and chroma look equally light and vivid.
glm::vec3 fromOklch(double L, double C, double hue) {
    const double a = C * std::cos(hue), b = C * std::sin(hue);
    const auto cube = [](double v) { return v * v * v; };
    const double l = cube(L + 0.3963377774 * a + 0.2158037573 * b), m = cube(L - 0.1055613458 * a - 0.0638541728 * b),
                 s = cube(L - 0.0894841775 * a - 1.2914855480 * b);
    const glm::dvec3 linear(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
                            -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
                            -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s);
    glm::vec3 shown;
    for (int c = 0; c < 3; ++c) {
        const double v = std::clamp(linear[c], 0.0, 1.0);
        shown[c] = float(v <= 0.0031308 ? 12.92 * v : 1.055 * std::pow(v, 1 / 2.4) - 0.055);
    }
    return shown;
}

} // namespace

glm::vec3 categoryColour(std::size_t category, bool light) {
    if (category < okabeIto.size()) return fromHex(okabeIto[category]) * (light ? 0.86F : 1.F);
    if (category == okabeIto.size()) return glm::vec3(light ? 0.45F : 0.68F);
    // The golden ratio's multiples part a circle as evenly as any hash that does not know how many there will be.
    const auto further = double(category - okabeIto.size() - 1);
    const double hue = 2 * std::numbers::pi * std::fmod(0.08 + further * std::numbers::phi, 1);
    const double step = double((category * 5) % 7) / 6; // neighbours in hue differ in lightness
    return fromOklch((light ? 0.46 : 0.62) + 0.17 * step, 0.15 - 0.05 * double((category * 3) % 4) / 3, hue);
}

glm::vec3 viridis(double share) {
    const auto entry = std::size_t(std::lround(std::clamp(share, 0.0, 1.0) * 255));
    std::uint32_t hex = 0;
    std::from_chars(viridisTable + 6 * entry, viridisTable + 6 * entry + 6, hex, 16);
    return fromHex(hex);
}

std::pair<double, double> usualRange(std::span<const float> values) {
    std::vector<float> finite;
    const std::size_t every = std::max<std::size_t>(1, values.size() / 100000);
    for (std::size_t i = 0; i < values.size(); i += every)
        if (std::isfinite(values[i])) finite.push_back(values[i]);
    if (finite.empty()) return {0, 1};
    std::sort(finite.begin(), finite.end());
    const std::size_t cut = finite.size() / 100;
    const double low = double(finite[cut]), high = double(finite[finite.size() - 1 - cut]);
    return {low, high > low ? high : low + 1};
}

} // namespace orrery::embedding
