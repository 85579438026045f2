// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/bench/bench.h"

namespace orrery::diffusion {

/// Mixture score against min(multiply-add / 13, exp2), the forward step against the copy ceiling, the field like the score.
std::vector<bench::Figure> benchDiffusion(gpu::Device& device);
/// A score network: evaluated, trained, and how long it takes to learn two moons. Some 20 s.
std::vector<bench::Figure> benchLearning(gpu::Device& device);

} // namespace orrery::diffusion
