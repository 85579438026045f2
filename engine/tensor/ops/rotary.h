// SPDX-License-Identifier: GPL-3.0-or-later
// Rotary position embedding (Su et al. 2021, RoFormer, arXiv 2104.09864): pairs of a head's features are turned by angles
// position * base^(-2 i / turned), i the pair's number.
#pragma once

#include "engine/tensor/ops/row_mapping.h"

namespace orrery::tensor {

enum class RotaryPairs {
    interleaved, ///< (x[2i], x[2i + 1]), as in the paper, GPT-J, and the original Llama weights
    halves       ///< (x[i], x[i + turned / 2]), as in GPT-NeoX and Hugging Face's Llama
};

struct RotaryOptions {
    RotaryPairs pairs = RotaryPairs::interleaved;
    double base = 10000;
    std::int64_t turned = 0; ///< the first so many features of a head, an even number; the rest is copied. 0: all
    int axis = -2;           ///< of x, where positions run: -2 for [..., T, D], -3 for [..., T, heads, D]
    /// i32 [T], or [B, T] when each entry of x's first axis has its own; undefined: 0, 1, 2, …
    Tensor positions{};
    std::int32_t offset = 0; ///< is added to each position: tokens that came before
    Tensor frequencies{};    ///< rotaryFrequencies(); undefined: made (64-bit words by upload) at each call
    RowMapping mapping = RowMapping::automatic;
};

/// Of x's shape and type; computed in f32. Angles are exact modulo a turn at any i32 position but for the 2^-53 of the
/// frequencies; cos and sin have an absolute error below 1.5e-7 (shaders/common/math.glsl). The gradient is turned back.
/// Policy "rotary". Throws Error naming the shapes when `turned` is odd or beyond the last axis or positions do not fit.
Tensor rotary(Context& context, const Tensor& x, const RotaryOptions& options = {});

/// Frequencies of turned / 2 pairs, [turned / 2, 2] i32: floor(2^64 base^(-2 i / turned) / 2 pi), upper word first.
Tensor rotaryFrequencies(Context& context, std::int64_t turned, double base = 10000);

} // namespace orrery::tensor
