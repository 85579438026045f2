// SPDX-License-Identifier: GPL-3.0-or-later
// A column of metadata as colours or sizes, with what a legend says of it.
#pragma once

#include "engine/labs/embedding/table.h"
#include "ui/render/cloud.h"
#include "ui/render/theme.h"

namespace orrery::ui::emb {

struct Colouring {
    struct Entry {
        std::string name;
        glm::vec3 colour{1, 1, 1};
        std::int64_t count = 0;
        std::size_t category = 0;
    };
    std::vector<glm::vec3> colours; ///< of every row
    std::string name;               ///< of what is shown; empty: nothing, all alike
    std::vector<Entry> entries;     ///< of categories, most frequent first
    double low = 0, high = 1;       ///< of numbers: the two ends of the map, between which 98 % lie
    bool numbers = false;
};

Colouring plain(std::int64_t rows, const Theme& theme);
Colouring byColumn(const embedding::Column& column, const Theme& theme);
/// Numbers that not every row has: `rows` says which; the others are faint.
Colouring byValues(std::int64_t count, std::span<const std::int64_t> rows, std::span<const float> values, const std::string& name,
                   const Theme& theme);

/// Sizes from 0.5 to 2 diameters over the same range; all alike for categories or no column.
std::vector<std::uint8_t> sizesBy(const embedding::Column* column, std::int64_t rows);

} // namespace orrery::ui::emb
