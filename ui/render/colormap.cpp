// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/colormap.h"

#include "engine/colour_tables.h"
#include "engine/error.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace orrery::ui {
namespace {

using Table = std::array<glm::vec4, 256>;

float hexByte(const char* text) {
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    return float(digit(text[0]) * 16 + digit(text[1])) / 255;
}

Table published(const char* hex) {
    Table table;
    for (glm::vec4& entry : table) {
        entry = {hexByte(hex), hexByte(hex + 2), hexByte(hex + 4), 1};
        hex += 6;
    }
    return table;
}

/// OKLab (Ottosson 2020) to sRGB.
glm::dvec3 fromOklab(double lightness, double a, double b) {
    const double l = std::pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
    const double m = std::pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
    const double s = std::pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
    const glm::dvec3 linear(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
                            -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
                            -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s);
    glm::dvec3 result;
    for (int i = 0; i < 3; ++i) {
        const double x = std::clamp(linear[i], 0.0, 1.0);
        result[i] = x <= 0.0031308 ? 12.92 * x : 1.055 * std::pow(x, 1 / 2.4) - 0.055;
    }
    return result;
}

/// Blue below zero, orange above: a pair that every kind of colour vision tells apart. Both arms have the same lightness at the
/// same distance from zero, falling evenly, so that neither sign looks stronger.
Table blueOrange() {
    Table table;
    for (int i = 0; i < 256; ++i) {
        const double s = (i - 127.5) / 127.5, distance = std::abs(s);
        const double lightness = 0.96 - 0.50 * distance;
        // Chroma rises from none and is held back at the dark ends, where sRGB has little of it.
        const double chroma = 0.125 * std::sin(std::numbers::pi * 0.5 * std::min(1.0, 1.25 * distance));
        const double hue = (s < 0 ? 250 : 52) * std::numbers::pi / 180;
        table[i] = glm::vec4(glm::vec3(fromOklab(lightness, chroma * std::cos(hue), chroma * std::sin(hue))), 1);
    }
    return table;
}

} // namespace

Colormap colormap(const std::string& name) {
    if (name == "magma") return Colormap::magma;
    if (name == "viridis") return Colormap::viridis;
    if (name == "cividis") return Colormap::cividis;
    if (name == "diverging") return Colormap::diverging;
    throw Error("there is no colour map \"" + name + "\"; there are magma, viridis, cividis and diverging");
}

const Table& table(Colormap map) {
    static const std::array<Table, colormaps> tables{published(magmaTable), published(viridisTable), published(cividisTable),
                                                     blueOrange()};
    return tables[std::size_t(map)];
}

glm::vec3 colour(Colormap map, double share) {
    const Table& colours = table(map);
    const double place = (share > 0 ? std::min(share, 1.0) : 0.0) * 255; // NaN is shown as the low end
    const int below = std::min(254, int(place));
    return glm::mix(glm::vec3(colours[below]), glm::vec3(colours[below + 1]), float(place - below));
}

float heatOpacity(Colormap map, double share) {
    const double fromGround = map == Colormap::diverging ? std::abs(2 * share - 1) : share;
    const double x = fromGround > 0 ? std::min(1.0, fromGround / meltShare) : 0.0;
    return float(x * x * (3 - 2 * x));
}

} // namespace orrery::ui
