// SPDX-License-Identifier: GPL-3.0-or-later
// orrery bench statespace: scans, the selective scan, LegS for one and many signals, the S4 kernel, convolution, scrubbing.
#pragma once

#include "engine/bench/bench.h"

#include <cstdint>

namespace orrery::statespace {

std::vector<bench::Figure> benchStatespace(gpu::Device& device);

/// The plain loop that the selective scan is measured against on a CPU device: std::exp, channels shared out over all cores.
/// Arrays as in selective.h, one sequence.
void selectiveLoop(const float* delta, const float* u, const float* A, const float* B, const float* C, const float* skip,
                   float* y, std::int64_t L, std::int64_t channels, std::int64_t states);

} // namespace orrery::statespace
