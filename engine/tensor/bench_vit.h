// SPDX-License-Identifier: GPL-3.0-or-later
// One transformer block of the image encoder of Segment Anything (Kirillov et al. 2023; Li et al. 2022, ViTDet, section 3):
// x + attention(norm(x)), then x + mlp(norm(x)), with decomposed relative positions, attention over all tokens or within
// windows. A measure of the tensor layer: `orrery bench vit` here, tests/bench/vit_block.py for the same in PyTorch.
#pragma once

#include "engine/bench/bench.h"
#include "engine/tensor/context.h"

namespace orrery::tensor {

/// SAM's ViT-B at 1024 x 1024 pixels.
struct VitSizes {
    std::int64_t width = 768, heads = 12, hidden = 3072;
    std::int64_t grid = 64;  ///< tokens on a side
    std::int64_t window = 0; ///< on a side; 0: attention over all tokens. Zeros fill up the last windows.
};

/// Weights and input are fixed numbers that the peer makes too: element i of tensor n is amplitude times
/// 2 ((2654435761 i + 40503 n) mod 2^32) / 2^32 - 1.
class VitBlock {
 public:
    VitBlock(Context& context, const VitSizes& sizes);
    Tensor input(Context& context) const;                       ///< [1, grid, grid, width]
    Tensor operator()(Context& context, const Tensor& x) const; ///< of the same shape
    double flops() const;                                       ///< of the products

 private:
    Tensor attend(Context& context, const Tensor& x) const; ///< [B, side, side, width]
    std::int64_t side() const { return m_sizes.window > 0 ? m_sizes.window : m_sizes.grid; }
    std::int64_t padded() const { return (m_sizes.grid + side() - 1) / side() * side(); }

    VitSizes m_sizes;
    struct Layer {
        Tensor weight, bias;
    };
    Layer m_norm1, m_qkv, m_projection, m_norm2, m_mlp1, m_mlp2;
    Tensor m_tableH, m_tableW; ///< [side, side, width / heads]
};

std::vector<bench::Figure> benchVit(gpu::Device& device);

} // namespace orrery::tensor
