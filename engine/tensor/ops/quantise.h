// SPDX-License-Identifier: GPL-3.0-or-later
// Rounds to a narrower format and keeps the result in f32: formats without a DType of their own, the same numbers everywhere.
#pragma once

#include "engine/tensor/context.h"
#include "engine/tensor/formats.h"

namespace orrery::tensor {

/// Philox key for stochastic rounding: element i takes the word of (seed, i, step, stream).
struct RoundingNoise {
    std::uint64_t seed = 0;
    std::uint32_t step = 0, stream = 0;
};

/// The f32 tensor's values as fp16, bf16, e4m3 or e5m2 hold them (formats.h, bit for bit; overflow gives infinity, in e4m3 NaN):
/// to nearest even, or with `noise` to one of the two neighbours so that the mean is the value. The gradient is rounded to
/// nearest in the same format, as if it had been stored in it.
Tensor quantise(Context& context, const Tensor& x, const Format& format, const RoundingNoise* noise = nullptr);

/// The format's number in shaders/tensor/rounding.glsl; throws Error for fp32 and fp64.
std::uint32_t roundingCode(const Format& format);

} // namespace orrery::tensor
