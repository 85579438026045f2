// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/embedding/colouring.h"

#include "ui/render/colormap.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace orrery::ui::emb {

namespace {

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

/// Where 1 % and 99 % of the finite values lie; of many values a sample.
std::pair<double, double> rangeOf(std::span<const float> values) {
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

} // namespace

glm::vec3 categoryColour(std::size_t category, bool light) {
    if (category < categories.size()) return light ? categories[category] * 0.86F : categories[category];
    if (category == categories.size()) return glm::vec3(light ? 0.45F : 0.68F);
    // The golden ratio's multiples part a circle as evenly as any hash that does not know how many there will be.
    const auto further = double(category - categories.size() - 1);
    const double hue = 2 * std::numbers::pi * std::fmod(0.08 + further * std::numbers::phi, 1);
    const double step = double((category * 5) % 7) / 6; // neighbours in hue differ in lightness
    return fromOklch((light ? 0.46 : 0.62) + 0.17 * step, 0.15 - 0.05 * double((category * 3) % 4) / 3, hue);
}

Colouring plain(std::int64_t rows, const Theme& theme) {
    Colouring result;
    result.colours.assign(std::size_t(rows),
                          theme.light ? glm::vec3(theme.info) : glm::mix(glm::vec3(theme.info), glm::vec3(1), 0.25F));
    return result;
}

Colouring byColumn(const embedding::Column& column, const Theme& theme) {
    if (!column.categorical()) return byValues(std::int64_t(column.values.size()), {}, column.values, column.name, theme);
    Colouring result;
    result.name = column.name;
    std::vector<glm::vec3> palette;
    std::size_t coloured = 0;
    for (std::size_t c = 0; c < column.categories.size(); ++c) {
        const bool ground = column.categories[c] == "background"; // what is behind all others has no colour of its own
        palette.push_back(ground ? glm::mix(glm::vec3(theme.ground), glm::vec3(theme.secondary), 0.6F)
                                 : categoryColour(coloured++, theme.light));
        result.entries.push_back({column.categories[c], palette.back(), 0, c});
    }
    for (const float value : column.values) {
        const auto category = std::min(std::size_t(std::max(value, 0.F)), palette.size() - 1);
        result.colours.push_back(palette[category]);
        ++result.entries[category].count;
    }
    std::stable_sort(result.entries.begin(), result.entries.end(),
                     [](const auto& a, const auto& b) { return a.count > b.count; });
    return result;
}

Colouring byValues(std::int64_t count, std::span<const std::int64_t> rows, std::span<const float> values, const std::string& name,
                   const Theme& theme) {
    Colouring result;
    result.name = name, result.numbers = true;
    std::tie(result.low, result.high) = rangeOf(values);
    result.colours.assign(std::size_t(count), glm::mix(glm::vec3(theme.ground), glm::vec3(theme.faint), 0.55F));
    for (std::size_t i = 0; i < values.size(); ++i)
        if (std::isfinite(values[i]))
            result.colours[rows.empty() ? i : std::size_t(rows[i])] =
                colour(Colormap::viridis, (double(values[i]) - result.low) / (result.high - result.low));
    return result;
}

std::vector<std::uint8_t> sizesBy(const embedding::Column* column, std::int64_t rows) {
    std::vector<std::uint8_t> sizes(static_cast<std::size_t>(rows), std::uint8_t(fullSize));
    if (!column || column->categorical()) return sizes;
    const auto [low, high] = rangeOf(column->values);
    for (std::size_t i = 0; i < sizes.size() && i < column->values.size(); ++i) {
        const double share = std::isfinite(column->values[i]) ? (double(column->values[i]) - low) / (high - low) : 0;
        sizes[i] = std::uint8_t(std::lround(fullSize * (0.5 + 1.5 * std::clamp(share, 0.0, 1.0))));
    }
    return sizes;
}

} // namespace orrery::ui::emb
