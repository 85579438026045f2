// SPDX-License-Identifier: GPL-3.0-or-later
// SAM's mask decoder (Kirillov et al. 2023, appendix A): a transformer in which the tokens of a prompt and of the masks to come
// attend to the image and the image to them, a fourfold upscaling, and one small network per mask whose output is dotted with
// every pixel. All sizes come from the tensors' shapes but the number of heads. Traps: in the first layer self-attention has no
// positions and replaces its input; values of the image carry no positions; these norms have an epsilon of 1e-5.
#pragma once

#include "engine/labs/segmentation/encoder.h"

namespace orrery::segmentation {

struct DecoderShape {
    std::int64_t width = 0, heads = 8, inner = 0; ///< inner: width of attention between tokens and image
    std::int64_t hidden = 0, layers = 0, masks = 0;
    std::int64_t up1 = 0, up2 = 0;              ///< channels of the upscaled image, after the first and the second step
    std::int64_t maskDepth = 0, iouDepth = 0;   ///< layers of the small networks
    std::int64_t maskHidden = 0, iouHidden = 0; ///< their width
    std::int64_t clicked = 0;                   ///< TinyPrompt: channels of the dense map that the upscaler takes; else 0
    bool refined = false;                       ///< TinyPrompt: two convolutions over the masks (Peng et al. 2017)
};
DecoderShape decoderShape(const Checkpoint& file, std::int64_t heads);
std::vector<Wanted> decoderWanted(const DecoderShape& shape);
/// Multiply-adds of one prompt of that many points, for a grid of tokens; with what is kept per picture, or without.
double decoderFlops(const DecoderShape& shape, std::int64_t grid, std::int64_t points, bool kept);

/// What of the first layer depends on the picture alone: some fifth of the work of a click.
struct Prepared {
    tensor::Tensor image;        ///< [1, N, C]: embedding with what stands for no mask
    tensor::Tensor keys, values; ///< [1, N, inner], for tokens that look at the image
    tensor::Tensor queries;      ///< [1, N, inner], for the image that looks at tokens
};

/// TinyPrompt: what the upscaler is given of the picture and of the clicks at finer strides; undefined of SAM.
struct Detail {
    tensor::Tensor skip, fine; ///< of Features
    tensor::Tensor clicked;    ///< [1, (4 grid)^2, channels of the dense map]
};

struct Decoded {
    tensor::Tensor masks; ///< [B, masks, 4 grid, 4 grid] logits
    tensor::Tensor iou;   ///< [B, masks] as predicted
};

class MaskDecoder {
 public:
    /// `positions` [N, C]: the embedding of the grid's places, N = grid grid.
    MaskDecoder(tensor::Context& context, const DecoderShape& shape, const Weights& weights, const tensor::Tensor& positions,
                std::int64_t grid);

    const DecoderShape& shape() const { return m_shape; }
    /// `image` [1, N, C]: the embedding plus what the prompt encoder says of a mask, or of none.
    Prepared prepare(tensor::Context& context, const tensor::Tensor& image) const;
    /// `tokens` [B, n, C]: the points of B prompts, as many of each.
    Decoded decode(tensor::Context& context, const Prepared& prepared, const tensor::Tensor& tokens, const Watch& watch = {},
                   const Detail& detail = {}) const;

 private:
    struct Attention {
        tensor::Tensor q, qBias, k, kBias, v, vBias, out, outBias;
    };
    struct Norm {
        tensor::Tensor weight, bias;
    };
    struct Layer {
        Attention self, toImage, toTokens;
        Norm norm1, norm2, norm3, norm4;
        tensor::Tensor lin1, lin1Bias, lin2, lin2Bias;
    };
    struct Head {
        std::vector<tensor::Tensor> weights, biases;
    };

    Attention attentionOf(const Weights& weights, const std::string& name) const;
    Head headOf(const Weights& weights, const std::string& name, std::int64_t depth) const;
    tensor::Tensor normed(tensor::Context& c, const tensor::Tensor& x, const Norm& norm) const;
    /// q, k, v projected already: [B, T, inner].
    tensor::Tensor attend(tensor::Context& c, const Attention& a, const tensor::Tensor& q, const tensor::Tensor& k,
                          const tensor::Tensor& v) const;
    tensor::Tensor upscaled(tensor::Context& c, const tensor::Tensor& image, const Detail& detail, const Watch& watch) const;
    tensor::Tensor refined(tensor::Context& c, const tensor::Tensor& masks) const;

    DecoderShape m_shape;
    std::int64_t m_grid;
    std::vector<Layer> m_layers;
    Attention m_final;
    Norm m_finalNorm, m_upNorm;
    tensor::Tensor m_outputTokens, m_positions;        ///< [1 + masks, C], [N, C]
    tensor::Tensor m_up1, m_up1Bias, m_up2, m_up2Bias; ///< as matrices [in, 4 out], out the fastest; biases [4 out]
    tensor::Tensor m_clicked, m_clickedBias;           ///< [out, in]
    tensor::Tensor m_refine[2], m_refineBias[2];       ///< [masks, masks, 3, 3]
    std::vector<Head> m_maskHeads;
    Head m_iouHead;
};

} // namespace orrery::segmentation
