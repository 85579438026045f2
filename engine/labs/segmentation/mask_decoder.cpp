// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/mask_decoder.h"

#include "engine/tensor/ops/attention.h"
#include "engine/tensor/ops/conv.h"
#include "engine/tensor/ops/elementwise.h"
#include "engine/tensor/ops/layout.h"
#include "engine/tensor/ops/matmul.h"
#include "engine/tensor/ops/norm.h"

namespace orrery::segmentation {

using namespace tensor;

namespace {

constexpr double tokenEpsilon = 1e-5, imageEpsilon = 1e-6;
const std::string root = "mask_decoder.";

Tensor linear(Context& c, const Tensor& x, const Tensor& weight, const Tensor& bias, std::optional<Unary> activation = {}) {
    return matmul(c, x, weight, {.transposeB = true, .bias = bias, .activation = activation});
}

/// A transposed convolution of 2 x 2 with a stride of 2 gives each pixel four of its own: weights [in, out, 2, 2] as a matrix
/// [in, 2 2 out].
Tensor asMatrix(Context& c, const Tensor& weight) {
    const Shape& s = weight.shape();
    return reshape(c, permute(c, weight, {0, 2, 3, 1}), {s[0], 4 * s[1]});
}
Tensor fourTimes(Context& c, const Tensor& bias) {
    return reshape(c, broadcastTo(c, bias, {4, bias.count()}), {4 * bias.count()});
}

/// Rows of [1, (2 n)^2, C] in the order that the upscaler has them: pixels within cells.
Tensor withinCells(Context& c, const Tensor& rows, std::int64_t n) {
    const std::int64_t C = rows.shape()[2];
    return reshape(c, permute(c, reshape(c, rows, {n, 2, n, 2, C}), {0, 2, 1, 3, 4}), {4 * n * n, C});
}
/// Of [1, (4 n)^2, C]: pixels within pixels within cells.
Tensor withinPixels(Context& c, const Tensor& rows, std::int64_t n) {
    const std::int64_t C = rows.shape()[2];
    return reshape(c, permute(c, reshape(c, rows, {n, 2, 2, n, 2, 2 * C}), {0, 3, 1, 4, 2, 5}), {16 * n * n, C});
}

} // namespace

MaskDecoder::Attention MaskDecoder::attentionOf(const Weights& weights, const std::string& name) const {
    const auto w = [&](const char* part) { return weights[name + part]; };
    return {w(".q_proj.weight"), w(".q_proj.bias"), w(".k_proj.weight"),   w(".k_proj.bias"),
            w(".v_proj.weight"), w(".v_proj.bias"), w(".out_proj.weight"), w(".out_proj.bias")};
}

MaskDecoder::Head MaskDecoder::headOf(const Weights& weights, const std::string& name, std::int64_t depth) const {
    Head head;
    for (std::int64_t i = 0; i < depth; ++i) {
        const std::string layer = name + ".layers." + std::to_string(i);
        head.weights.push_back(weights[layer + ".weight"]), head.biases.push_back(weights[layer + ".bias"]);
    }
    return head;
}

MaskDecoder::MaskDecoder(Context& context, const DecoderShape& shape, const Weights& weights, const Tensor& positions,
                         std::int64_t grid)
    : m_shape(shape), m_grid(grid), m_positions(positions) {
    const auto norm = [&](const std::string& name) { return Norm{weights[name + ".weight"], weights[name + ".bias"]}; };
    for (std::int64_t i = 0; i < shape.layers; ++i) {
        const std::string at = root + "transformer.layers." + std::to_string(i) + '.';
        m_layers.push_back({attentionOf(weights, at + "self_attn"), attentionOf(weights, at + "cross_attn_token_to_image"),
                            attentionOf(weights, at + "cross_attn_image_to_token"), norm(at + "norm1"), norm(at + "norm2"),
                            norm(at + "norm3"), norm(at + "norm4"), weights[at + "mlp.lin1.weight"],
                            weights[at + "mlp.lin1.bias"], weights[at + "mlp.lin2.weight"], weights[at + "mlp.lin2.bias"]});
    }
    m_final = attentionOf(weights, root + "transformer.final_attn_token_to_image");
    m_finalNorm = norm(root + "transformer.norm_final_attn");
    m_outputTokens = concat(context, {weights[root + "iou_token.weight"], weights[root + "mask_tokens.weight"]}, 0);
    m_up1 = asMatrix(context, weights[root + "output_upscaling.0.weight"]);
    m_up1Bias = fourTimes(context, weights[root + "output_upscaling.0.bias"]);
    m_upNorm = norm(root + "output_upscaling.1");
    m_up2 = asMatrix(context, weights[root + "output_upscaling.3.weight"]);
    m_up2Bias = fourTimes(context, weights[root + "output_upscaling.3.bias"]);
    if (shape.clicked > 0) {
        m_clicked = reshape(context, weights[root + "prompt_skip.weight"], {shape.up2, shape.clicked});
        m_clickedBias = weights[root + "prompt_skip.bias"];
    }
    for (std::size_t i = 0; shape.refined && i < 2; ++i) {
        m_refine[i] = weights[root + "boundary." + std::to_string(i) + ".weight"];
        m_refineBias[i] = weights[root + "boundary." + std::to_string(i) + ".bias"];
    }
    for (std::int64_t i = 0; i < shape.masks; ++i)
        m_maskHeads.push_back(headOf(weights, root + "output_hypernetworks_mlps." + std::to_string(i), shape.maskDepth));
    m_iouHead = headOf(weights, root + "iou_prediction_head", shape.iouDepth);
    context.finish();
}

Tensor MaskDecoder::normed(Context& c, const Tensor& x, const Norm& norm) const {
    return layerNorm(c, x, norm.weight, norm.bias, {.epsilon = tokenEpsilon});
}

Tensor MaskDecoder::attend(Context& c, const Attention& a, const Tensor& q, const Tensor& k, const Tensor& v) const {
    const std::int64_t heads = m_shape.heads, inner = q.shape()[2];
    const auto split = [&](const Tensor& x) { return reshape(c, x, {x.shape()[0], x.shape()[1], heads, inner / heads}); };
    const Tensor y = attention(c, split(q), split(k), split(v), {.order = HeadOrder::tokensFirst});
    return linear(c, reshape(c, y, q.shape().sizes()), a.out, a.outBias);
}

Prepared MaskDecoder::prepare(Context& c, const Tensor& image) const {
    const Layer& first = m_layers.front();
    const Tensor placed = add(c, image, m_positions);
    return {image, linear(c, placed, first.toImage.k, first.toImage.kBias),
            linear(c, image, first.toImage.v, first.toImage.vBias), linear(c, placed, first.toTokens.q, first.toTokens.qBias)};
}

Tensor MaskDecoder::upscaled(Context& c, const Tensor& image, const Detail& detail, const Watch& watch) const {
    const std::int64_t B = image.shape()[0], N = image.shape()[1];
    Tensor y = matmul(c, image, m_up1, {.bias = m_up1Bias});
    y = reshape(c, y, {B * N * 4, m_shape.up1});
    if (m_shape.clicked > 0) y = add(c, y, withinCells(c, detail.skip, m_grid));
    y = layerNorm(c, y, m_upNorm.weight, m_upNorm.bias, {.epsilon = imageEpsilon});
    if (m_shape.clicked > 0) { // one prompt at a time
        y = reshape(c, matmul(c, apply(c, Unary::gelu, y), m_up2, {.bias = m_up2Bias}), {N * 16, m_shape.up2});
        const Tensor told = linear(c, withinPixels(c, detail.clicked, m_grid), m_clicked, m_clickedBias);
        y = apply(c, Unary::gelu, add(c, y, add(c, withinPixels(c, detail.fine, m_grid), told)));
    } else {
        y = matmul(c, apply(c, Unary::gelu, y), m_up2, {.bias = m_up2Bias, .activation = Unary::gelu});
    }
    y = reshape(c, y, {B, N * 16, m_shape.up2});
    if (watch) { // pixels lie within pixels within cells; as an image only for those who look
        Tensor image = reshape(c, transpose(c, y), {B * m_shape.up2 * m_grid, m_grid, 2, 2, 2, 2});
        image = permute(c, image, {0, 2, 4, 1, 3, 5});
        watch("upscaled", reshape(c, image, {B, m_shape.up2, 4 * m_grid, 4 * m_grid}));
    }
    return y;
}

Tensor MaskDecoder::refined(Context& c, const Tensor& masks) const {
    const Conv2dOptions first{.padding = {1, 1}, .bias = m_refineBias[0]}, second{.padding = {1, 1}, .bias = m_refineBias[1]};
    const Tensor hidden = apply(c, Unary::relu, conv2d(c, masks, m_refine[0], first));
    return add(c, masks, conv2d(c, hidden, m_refine[1], second));
}

Decoded MaskDecoder::decode(Context& c, const Prepared& prepared, const Tensor& prompt, const Watch& watch,
                            const Detail& detail) const {
    const std::int64_t B = prompt.shape()[0], M = m_shape.masks, C = m_shape.width, N = m_grid * m_grid,
                       T = 1 + M + prompt.shape()[1];
    const Tensor own = reshape(c, m_outputTokens, {1, 1 + M, C});
    const Tensor tokens = concat(c, {B == 1 ? own : broadcastTo(c, own, {B, 1 + M, C}), prompt}, 1);
    Tensor x = tokens, image = prepared.image;
    const auto project = [&](const Tensor& of, const Tensor& weight, const Tensor& bias) { return linear(c, of, weight, bias); };
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        const Layer& layer = m_layers[i];
        const Attention &self = layer.self, &look = layer.toImage, &tell = layer.toTokens;
        const Tensor placedSelf = i == 0 ? x : add(c, x, tokens);
        const Tensor seen = attend(c, self, project(placedSelf, self.q, self.qBias), project(placedSelf, self.k, self.kBias),
                                   project(x, self.v, self.vBias));
        x = normed(c, i == 0 ? seen : add(c, x, seen), layer.norm1);

        Tensor q = project(add(c, x, tokens), look.q, look.qBias), y, placed;
        if (i == 0) { // one image for all prompts: their tokens together are its queries
            q = reshape(c, q, {1, B * T, m_shape.inner});
            y = reshape(c, attend(c, look, q, prepared.keys, prepared.values), {B, T, C});
        } else {
            placed = add(c, image, m_positions);
            y = attend(c, look, q, project(placed, look.k, look.kBias), project(image, look.v, look.vBias));
        }
        x = normed(c, add(c, x, y), layer.norm2);
        x = normed(c, add(c, x, linear(c, linear(c, x, layer.lin1, layer.lin1Bias, Unary::relu), layer.lin2, layer.lin2Bias)),
                   layer.norm3);

        Tensor ask = i == 0 ? prepared.queries : project(placed, tell.q, tell.qBias);
        if (i == 0 && B > 1) ask = broadcastTo(c, ask, {B, N, m_shape.inner});
        y = attend(c, tell, ask, project(add(c, x, tokens), tell.k, tell.kBias), project(x, tell.v, tell.vBias));
        image = normed(c, add(c, y, image), layer.norm4);
        if (watch) watch("decoder." + std::to_string(i) + ".tokens", x), watch("decoder." + std::to_string(i) + ".image", image);
    }
    const Tensor keys = project(add(c, image, m_positions), m_final.k, m_final.kBias);
    const Tensor y =
        attend(c, m_final, project(add(c, x, tokens), m_final.q, m_final.qBias), keys, project(image, m_final.v, m_final.vBias));
    x = normed(c, add(c, x, y), m_finalNorm);
    if (watch) watch("decoder.tokens", x);

    const auto head = [&](const Head& h, std::int64_t token) {
        Tensor v = reshape(c, slice(c, x, 1, token, 1), {B, C});
        for (std::size_t i = 0; i < h.weights.size(); ++i)
            v = linear(c, v, h.weights[i], h.biases[i], i + 1 < h.weights.size() ? std::optional(Unary::relu) : std::nullopt);
        return v;
    };
    std::vector<Tensor> mixes;
    for (std::int64_t i = 0; i < M; ++i)
        mixes.push_back(reshape(c, head(m_maskHeads[std::size_t(i)], 1 + i), {B, 1, m_shape.up2}));
    const Tensor mix = concat(c, mixes, 1);
    if (watch) watch("hyper", mix);
    Tensor masks = matmul(c, mix, upscaled(c, image, detail, watch), {.transposeB = true});
    masks = permute(c, reshape(c, masks, {B * M * m_grid, m_grid, 2, 2, 2, 2}), {0, 2, 4, 1, 3, 5});
    masks = reshape(c, masks, {B, M, 4 * m_grid, 4 * m_grid});
    return {m_shape.refined ? refined(c, masks) : masks, head(m_iouHead, 0)};
}

} // namespace orrery::segmentation
