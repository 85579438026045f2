// SPDX-License-Identifier: GPL-3.0-or-later
// Scaled LegS of many signals at once, in float32: on a GPU a workgroup for each signal (shaders/statespace/legs.comp), on a CPU
// device the host's vectors on all cores over the same memory.
#pragma once

#include "engine/labs/statespace/legs.h"
#include "engine/tensor/context.h"

namespace orrery::statespace {

enum class LegsKernel { automatic, pipe, host };

/// u of [signals, L] to states [signals, N] after the last sample; bilinear or midpoint, N up to mostStates. Throws Error for
/// other steps, and for LegsKernel::host on a GPU. L below 2^23, so that 2k + 1 is exact in float32.
tensor::Tensor legsStates(tensor::Context& context, const tensor::Tensor& u, std::int64_t N, LegsStep step = LegsStep::midpoint,
                          LegsKernel kernel = LegsKernel::automatic);

} // namespace orrery::statespace
