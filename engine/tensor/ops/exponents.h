// SPDX-License-Identifier: GPL-3.0-or-later
// precisionStats() of a tensor where it lies: how its values' exponents are spread and what a conversion to another format
// would do to each, with the very same counts. Every class of scale x is a range of |x|, so the host finds where each begins,
// in bits of f32 and by its own float64 rules, and the device compares integers: exact for any scale.
#pragma once

#include "engine/tensor/context.h"
#include "engine/tensor/precision_stats.h"

namespace orrery::tensor {

/// What is to become counts: the tensor can be read later, when the host needs the figures anyway.
struct ExponentCounts {
    Tensor counts;                       ///< i32, one for each class
    std::vector<PrecisionStats> classes; ///< what one value of the class counts as

    PrecisionStats read(Context& context) const; ///< submits and waits
};
/// Many with one wait.
std::vector<PrecisionStats> readCounts(Context& context, std::span<const ExponentCounts> counts);

/// x of f32 or f16, as precisionStats(values, scale, format). Throws Error for a scale that is 0 or not finite.
ExponentCounts exponentCounts(Context& context, const Tensor& x, double scale = 1, const Format& format = fp16);

} // namespace orrery::tensor
