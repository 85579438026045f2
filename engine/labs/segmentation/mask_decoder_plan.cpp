// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/mask_decoder.h"

namespace orrery::segmentation {

namespace {

const std::string root = "mask_decoder.", layerRoot = "mask_decoder.transformer.layers.";

std::string at(const std::string& before, std::int64_t number, const std::string& after) {
    return before + std::to_string(number) + after;
}

} // namespace

DecoderShape decoderShape(const Checkpoint& file, std::int64_t heads) {
    DecoderShape s;
    s.heads = heads;
    s.width = file.size(root + "iou_token.weight", 1, 2);
    s.masks = file.size(root + "mask_tokens.weight", 0, 2);
    s.layers = file.count(layerRoot, ".norm1.weight");
    if (s.layers == 0) file.fail("its mask decoder has no layers ('" + layerRoot + "0.norm1.weight')");
    s.inner = file.size(layerRoot + "0.cross_attn_token_to_image.q_proj.weight", 0, 2);
    s.hidden = file.size(layerRoot + "0.mlp.lin1.weight", 0, 2);
    s.up1 = file.size(root + "output_upscaling.0.weight", 1, 4);
    s.up2 = file.size(root + "output_upscaling.3.weight", 1, 4);
    s.maskDepth = file.count(root + "output_hypernetworks_mlps.0.layers.", ".weight");
    s.iouDepth = file.count(root + "iou_prediction_head.layers.", ".weight");
    if (s.maskDepth == 0 || s.iouDepth == 0)
        file.fail("its mask decoder lacks the small networks of masks or of the predicted IoU");
    s.maskHidden = file.size(root + "output_hypernetworks_mlps.0.layers.0.weight", 0, 2);
    s.iouHidden = file.size(root + "iou_prediction_head.layers.0.weight", 0, 2);
    if (file.has(root + "prompt_skip.weight")) s.clicked = file.size(root + "prompt_skip.weight", 1, 4);
    s.refined = file.has(root + "boundary.0.weight");
    if (heads < 1 || s.width % heads != 0 || s.inner % heads != 0)
        file.fail("its mask decoder's widths " + std::to_string(s.width) + " and " + std::to_string(s.inner) +
                  " do not divide into " + std::to_string(heads) + " heads");
    return s;
}

std::vector<Wanted> decoderWanted(const DecoderShape& s) {
    std::vector<Wanted> all = {{root + "iou_token.weight", {1, s.width}}, {root + "mask_tokens.weight", {s.masks, s.width}}};
    const auto both = [&](const std::string& name, const tensor::Shape& shape, std::int64_t bias) {
        all.push_back({name + ".weight", shape});
        all.push_back({name + ".bias", {bias}});
    };
    const auto attention = [&](const std::string& name, std::int64_t inner) {
        for (const char* part : {".q_proj", ".k_proj", ".v_proj"}) both(name + part, {inner, s.width}, inner);
        both(name + ".out_proj", {s.width, inner}, s.width);
    };
    for (std::int64_t i = 0; i < s.layers; ++i) {
        const std::string layer = at(layerRoot, i, ".");
        attention(layer + "self_attn", s.width);
        attention(layer + "cross_attn_token_to_image", s.inner);
        attention(layer + "cross_attn_image_to_token", s.inner);
        for (const char* norm : {"norm1", "norm2", "norm3", "norm4"}) both(layer + norm, {s.width}, s.width);
        both(layer + "mlp.lin1", {s.hidden, s.width}, s.hidden);
        both(layer + "mlp.lin2", {s.width, s.hidden}, s.width);
    }
    attention(root + "transformer.final_attn_token_to_image", s.inner);
    both(root + "transformer.norm_final_attn", {s.width}, s.width);
    both(root + "output_upscaling.0", {s.width, s.up1, 2, 2}, s.up1);
    both(root + "output_upscaling.1", {s.up1}, s.up1);
    both(root + "output_upscaling.3", {s.up1, s.up2, 2, 2}, s.up2);
    if (s.clicked > 0) both(root + "prompt_skip", {s.up2, s.clicked, 1, 1}, s.up2);
    for (std::int64_t i = 0; s.refined && i < 2; ++i) both(at(root + "boundary.", i, ""), {s.masks, s.masks, 3, 3}, s.masks);
    const auto head = [&](const std::string& name, std::int64_t depth, std::int64_t hidden, std::int64_t out) {
        for (std::int64_t i = 0; i < depth; ++i) {
            const std::int64_t to = i + 1 < depth ? hidden : out;
            both(at(name + ".layers.", i, ""), {to, i == 0 ? s.width : hidden}, to);
        }
    };
    for (std::int64_t i = 0; i < s.masks; ++i)
        head(at(root + "output_hypernetworks_mlps.", i, ""), s.maskDepth, s.maskHidden, s.up2);
    head(root + "iou_prediction_head", s.iouDepth, s.iouHidden, s.masks);
    return all;
}

double decoderFlops(const DecoderShape& s, std::int64_t grid, std::int64_t points, bool kept) {
    const double N = double(grid * grid), T = double(1 + s.masks + points), C = double(s.width), I = double(s.inner);
    double sum = 0;
    for (std::int64_t i = 0; i <= s.layers; ++i) {
        const bool last = i == s.layers, known = kept && i == 0 && !last;
        sum += (known ? 0 : 2 * N * C * I) + 2 * T * N * I + 2 * T * C * I; // tokens look at the image
        if (last) break;
        sum += 4 * T * C * C + 2 * T * T * C + 2 * T * C * double(s.hidden);
        sum += (known ? 0 : N * C * I) + 2 * T * N * I + N * C * I + 2 * T * C * I; // the image looks at tokens
    }
    sum += 4 * N * C * double(s.up1) + 16 * N * double(s.up1 * s.up2) + 16 * N * double(s.up2 * s.masks);
    return 2 * sum;
}

} // namespace orrery::segmentation
