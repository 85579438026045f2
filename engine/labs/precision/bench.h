// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/bench/bench.h"

namespace orrery::precision {

/// A training step in mixed precision against the same step in f32, by the width of the network: where products dominate 16
/// bits pay, elsewhere the casts cost more than they bring.
std::vector<bench::Figure> benchPrecision(gpu::Device& device);

} // namespace orrery::precision
