// SPDX-License-Identifier: GPL-3.0-or-later
// Sorting along the last axis. Stable: equal values keep their order, the lower index first; -0 equals 0. NaNs go last, both
// ways round. Rows of up to 128 by counting ranks, longer ones by a radix sort of 8-bit digits (Knuth 1998, 5.2.5).
#pragma once

#include "engine/tensor/context.h"

namespace orrery::tensor {

/// A block of the radix sort for each invocation or for each workgroup.
enum class SortKernel { automatic, invocation, workgroup };

struct Sorted {
    Tensor values;  ///< of x's type
    Tensor indices; ///< i32: values[..., j] = x[..., indices[..., j]]
};

/// Throws Error for a scalar. Gradients flow through the values.
Sorted sort(Context& context, const Tensor& x, bool descending = false, SortKernel kernel = SortKernel::automatic);

/// The k greatest, the greatest first (or the k least, the least first), ties by the lower index; throws Error naming the
/// shape when there are fewer. Numbers go before NaNs here too.
Sorted topK(Context& context, const Tensor& x, std::int64_t k, bool least = false, SortKernel kernel = SortKernel::automatic);

} // namespace orrery::tensor
