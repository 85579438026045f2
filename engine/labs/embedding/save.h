// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/labs/embedding/projecting.h"

namespace orrery::embedding {

/// A declared output of the lab. Throws Error: there is no picture yet, nothing is selected, the file cannot be written.
void save(const std::string& output, const std::string& path, const Projecting& cloud, std::span<const std::int64_t> selection);

/// A line for each row: number, name, coordinates, metadata; fields with commas or quotes in quotes. Empty rows: all of them.
void writePictureCsv(const std::string& path, const Table& table, const PicturePoints& picture,
                     std::span<const std::int64_t> rows);

} // namespace orrery::embedding
