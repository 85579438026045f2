// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/labs/embedding/figure.h"
#include "engine/labs/embedding/selection.h"

namespace orrery::embedding {

/// What there is to keep.
struct Kept {
    const Projecting& cloud;
    const Picked& picked;
    const FigureLook& look;
};

/// A declared output of the lab. Throws Error: there is no picture yet, nothing is selected, the file cannot be written.
void save(const std::string& output, const std::string& path, const Kept& kept);

/// A line for each row: number, name, coordinates, metadata; fields with commas or quotes in quotes. Empty rows: all of them.
void writePictureCsv(const std::string& path, const Table& table, const PicturePoints& picture,
                     std::span<const std::int64_t> rows);

/// Of each row its number, name, coordinates and metadata, as one JSON object.
std::string selectionJson(const Projecting& cloud, std::span<const std::int64_t> rows);

} // namespace orrery::embedding
