// SPDX-License-Identifier: GPL-3.0-or-later
// Neighbours and components on the device beside the host, in one run; part of `orrery bench embedding`.
#pragma once

#include "engine/bench/bench.h"

namespace orrery::embedding {

std::vector<bench::Figure> benchSearch(gpu::Device& device);

} // namespace orrery::embedding
