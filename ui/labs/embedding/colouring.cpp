// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/embedding/colouring.h"

#include "engine/labs/embedding/colours.h"
#include "ui/render/colormap.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui::emb {

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
                                 : embedding::categoryColour(coloured++, theme.light));
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
    std::tie(result.low, result.high) = embedding::usualRange(values);
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
    const auto [low, high] = embedding::usualRange(column->values);
    for (std::size_t i = 0; i < sizes.size() && i < column->values.size(); ++i) {
        const double share = std::isfinite(column->values[i]) ? (double(column->values[i]) - low) / (high - low) : 0;
        sizes[i] = std::uint8_t(std::lround(fullSize * (0.5 + 1.5 * std::clamp(share, 0.0, 1.0))));
    }
    return sizes;
}

} // namespace orrery::ui::emb
