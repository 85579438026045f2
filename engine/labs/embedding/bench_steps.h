// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/bench/bench.h"

namespace orrery::embedding {

/// A step of t-SNE and of UMAP on the device, for 10,000 and 100,000 points: its share of what reading or copying or multiply-adding
/// alone would take, and beside it the host's step, by turns in one run.
std::vector<bench::Figure> benchSteps(gpu::Device& device);

} // namespace orrery::embedding
