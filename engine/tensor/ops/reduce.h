// SPDX-License-Identifier: GPL-3.0-or-later
// Sums and extremes over axes, in f32, each by the same tree of additions in every run: the result's bits depend on shape and
// device only. Chunks of at most 4096 values are added one after the other in four interleaved sums, then the chunks; on a GPU by
// 128 invocations side by side, whose sums join in a tree.
#pragma once

#include "engine/tensor/ops/row_mapping.h"

#include <vector>

namespace orrery::tensor {

enum class Reduction : std::uint32_t { sum, maximum, minimum, sumOfSquares };

/// Over the axes named; none: over all. `keep` leaves axes of size 1. The result is f32. An empty sum is 0, an empty extreme
/// an infinity. The gradient of an extreme goes to all that reach it. `mapping`: who adds up a chunk along the last axis.
Tensor reduce(Context& context, Reduction what, const Tensor& x, const std::vector<int>& axes = {}, bool keep = false,
              RowMapping mapping = RowMapping::automatic);

inline Tensor sum(Context& c, const Tensor& x, const std::vector<int>& axes = {}, bool keep = false) {
    return reduce(c, Reduction::sum, x, axes, keep);
}
Tensor mean(Context& context, const Tensor& x, const std::vector<int>& axes = {}, bool keep = false);

/// Undoes a broadcast: sums over the axes along which `shape` was repeated. Itself where the shapes are the same.
Tensor sumTo(Context& context, const Tensor& x, const Shape& shape);

} // namespace orrery::tensor
