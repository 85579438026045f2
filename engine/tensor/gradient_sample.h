// SPDX-License-Identifier: GPL-3.0-or-later
// Gradients made up after the published histogram of a network that fp16 could not train without loss scaling: activation
// gradients of Multibox SSD (Micikevicius et al. 2018; NVIDIA's mixed-precision guide). Published: 66.8 % of the values are 0,
// 4 % have a magnitude in (2^-32, 2^-30), fp16 turns 31 % into 0; a scale of 2^15 recovers all but 0.1 % and does not overflow.
// The guide's "leaving only 5.3 % as non-zeros" cannot be had as well: 66.8 + 31 leave 2.2 %, as here. The rest of the shape,
// nearly flat down to 2^-40 and thinning out towards 1/4, is ours.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace orrery::tensor {

/// Share of the values with 2^from <= |g| < 2^to, uniform over its octaves and within each of them. Zeros are the rest.
struct GradientBand {
    int from = 0, to = 0;
    double share = 0;
};
std::span<const GradientBand> ssdLikeBands();

/// The same bits on every machine (Philox and integers only); value i depends on seed and i alone.
std::vector<float> ssdLikeGradients(std::uint32_t count, std::uint64_t seed);

} // namespace orrery::tensor
