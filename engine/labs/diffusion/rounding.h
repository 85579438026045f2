// SPDX-License-Identifier: GPL-3.0-or-later
// How far float32 may stray from float64, first order in the unit roundoff. Used by the check "GPU against float64" and by
// the tests; the constants count the roundings of shaders/common/{math,mixture}.glsl and of the step itself.
#pragma once

namespace orrery::diffusion::rounding {

constexpr double unit = 0x1p-24;

/// Roundings of alpha mu in the table (mu, alpha, their product), of q = d/c, and of a logit.
constexpr double centre = 3, slope = 5, logit = 6;
/// Vulkan grants exp2(x) 3 + 2|x| ulp; sums of M terms stray like a walk.
constexpr double exponential = 3, exponentialSlope = 2, sum = 8;
/// Of a Box–Muller pair, relative to its radius (stated and tested for math.glsl: 4 units).
constexpr double normal = 8;
/// Of keep x + pull s + noise z.
constexpr double step = 4;

/// Beyond this bound the first-order argument says nothing more: rounding decides the particle's way.
constexpr double lost = 0.02;
/// What second order may add below `lost`.
constexpr double safety = 2;

} // namespace orrery::diffusion::rounding
