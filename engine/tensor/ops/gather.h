// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of a table, looked up by number.
#pragma once

#include "engine/tensor/ops/row_mapping.h"

#include <span>

namespace orrery::tensor {

/// Row index of table [V, D] for each index: indices i32 [...] to [..., D], in the table's type. An index outside [0, V) gives
/// a row of NaN and its gradient goes nowhere: to look at the indices would wait for the device (uploadIndices() looks on the
/// host, where they are at hand). Policy "embedding". Throws Error naming both shapes.
///
/// The gradient adds rows of one index up in the order of their places, without atomics: the same bits in every run. With n
/// indices, a kernel first links each place to the next of the same index, which reads some n times the distance to it (at
/// most n^2 / 2 forward and as much backward: 70 M reads for 8192 indices that all differ), then each row of dy is read once.
/// The table's gradient is dense: V D floats are written.
Tensor embedding(Context& context, const Tensor& table, const Tensor& indices, RowMapping mapping = RowMapping::automatic);

/// Indices or targets as a tensor, after a look: throws Error with `what`, place and value of the first outside [0, below).
Tensor uploadIndices(Context& context, const Shape& shape, std::span<const std::int32_t> values, std::int64_t below,
                     const char* what);

} // namespace orrery::tensor
