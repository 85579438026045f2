// SPDX-License-Identifier: GPL-3.0-or-later
// Counts of values in bins of the same width.
#pragma once

#include "engine/tensor/context.h"

namespace orrery::tensor {

/// Where the counters of a workgroup's values are; automatic goes by device and number of bins.
enum class Counters { automatic, global, invocation, workgroup };

/// i32 [bins + 3]: the bins, then the values below `low`, those from `high` on, and the NaNs. Bin k holds
/// edge(k) <= x < edge(k + 1), exactly, with the edges of histogramEdges(). Throws Error unless low < high are finite and
/// there is a bin; and for more than 2^31 - 1 values.
Tensor histogram(Context& context, const Tensor& x, std::int64_t bins, float low, float high,
                 Counters counters = Counters::automatic);

/// [bins + 1]: low + k ((high - low) / bins), each operation rounded to f32; the last is `high`.
std::vector<float> histogramEdges(std::int64_t bins, float low, float high);

/// For ops that count classes of values: `table` as in shaders/tensor/histogram.comp. Used by exponents.cpp.
struct Count {
    bool exponents = false;
    std::uint32_t bins = 0, classes = 0;
    float low = 0, high = 0, width = 0;
};
Tensor countClasses(Context& context, const Tensor& x, const Tensor& table, const Count& what, Counters counters);

} // namespace orrery::tensor
