// SPDX-License-Identifier: GPL-3.0-or-later
// What a table must be to be projected, beyond being readable.
#pragma once

#include "engine/labs/embedding/table.h"

namespace orrery::embedding {

/// Beyond this, squares of distances between rows of 65,536 numbers would leave float32.
constexpr float largestNumber = 1e15F;
/// And of differences that are nowhere larger than this they would vanish.
constexpr float leastDifference = 1e-15F;

/// The table, with a remark when all rows are equal or some columns never change. Throws Error that names the first row and column
/// with a number beyond `largestNumber`, or tells that rows differ by less than `leastDifference`.
Table checked(Table table, const std::string& path);

} // namespace orrery::embedding
