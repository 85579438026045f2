// SPDX-License-Identifier: GPL-3.0-or-later
// Random tensors by Philox 4x32-10 (engine/philox.h). Element i comes from word i % 4 of the draw (seed, i / 4, step, stream):
// it depends on i and the key only, not on the shape, the device or what was drawn before.
#pragma once

#include "engine/tensor/context.h"

namespace orrery::tensor {

struct RandomKey {
    std::uint64_t seed = 0;
    std::uint32_t step = 0;   ///< of training or sampling
    std::uint32_t stream = 0; ///< who draws: one for each use in a step
};

/// f32, low + (high - low) u with u in (0, 1): 0 and 1 themselves never come; after scaling, rounding may reach the ends.
Tensor randomUniform(Context& context, const Shape& shape, const RandomKey& key, double low = 0, double high = 1);
/// f32, mean + deviation z, z standard normal by Box-Muller; |z| up to 6.76 (shaders/common/math.glsl states its error).
Tensor randomNormal(Context& context, const Shape& shape, const RandomKey& key, double mean = 0, double deviation = 1);

/// x / (1 - rate), or 0 with probability `rate` (Srivastava et al. 2014). No mask is kept: the gradient draws the same words
/// again. Of x's type; rate in [0, 1), else throws Error. Policy "dropout".
Tensor dropout(Context& context, const Tensor& x, double rate, const RandomKey& key);

/// The host's twins, in float64, of element i.
double uniformAt(const RandomKey& key, std::uint64_t i);
double normalAt(const RandomKey& key, std::uint64_t i);
bool droppedAt(const RandomKey& key, std::uint64_t i, double rate);

} // namespace orrery::tensor
