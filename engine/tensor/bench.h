// SPDX-License-Identifier: GPL-3.0-or-later
// `orrery bench tensor`: the rows of the op registry, each as a share of its limit in the same run.
#pragma once

#include "engine/bench/bench.h"

namespace orrery::tensor {

/// Matrix products in GFLOP/s: on a CPU device against the host's BLAS called directly, else against the measured multiply-add
/// ceiling. Everything that is bound by memory in GB/s against the copy ceiling.
std::vector<bench::Figure> benchTensor(gpu::Device& device);

} // namespace orrery::tensor
