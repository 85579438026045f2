// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/prompt_encoder.h"

#include "engine/labs/segmentation/tiny_clicked.h"
#include "engine/tensor/ops/conv.h"
#include "engine/tensor/ops/layout.h"
#include "engine/tensor/ops/matmul.h"
#include "engine/tensor/ops/norm.h"

#include <cmath>
#include <numbers>

namespace orrery::segmentation {

using namespace tensor;

namespace {

const std::string root = "prompt_encoder.", matrixName = "prompt_encoder.pe_layer.positional_encoding_gaussian_matrix";
constexpr double epsilon = 1e-6;

std::string down(int layer) { return root + "mask_downscaling." + std::to_string(layer) + '.'; }

} // namespace

PromptShape promptShape(const Checkpoint& file, std::int64_t width) {
    PromptShape shape;
    shape.width = width;
    if (width % 2 != 0) file.fail("tokens of " + std::to_string(width) + " numbers cannot hold sines and cosines of places");
    if (file.has(down(0) + "weight"))
        shape.mask1 = file.size(down(0) + "weight", 0, 4), shape.mask2 = file.size(down(3) + "weight", 0, 4);
    shape.affinity = file.has(root + "affinity.weight");
    if (shape.affinity) shape.dense = clickedChannels;
    return shape;
}

std::vector<Wanted> promptWanted(const PromptShape& s) {
    std::vector<Wanted> all = {{matrixName, {2, s.width / 2}},
                               {root + "not_a_point_embed.weight", {1, s.width}},
                               {root + "no_mask_embed.weight", {1, s.width}}};
    for (int i = 0; i < 4; ++i) all.push_back({root + "point_embeddings." + std::to_string(i) + ".weight", {1, s.width}});
    if (s.mask1 == 0) return all;
    const auto both = [&](int layer, const Shape& shape) {
        all.push_back({down(layer) + "weight", shape});
        all.push_back({down(layer) + "bias", {shape[0]}});
    };
    both(0, {s.mask1, s.dense, 2, 2}), both(1, {s.mask1}), both(3, {s.mask2, s.mask1, 2, 2}), both(4, {s.mask2});
    both(6, {s.width, s.mask2, 1, 1});
    if (s.affinity) {
        all.push_back({root + "affinity.weight", {s.width, 2, 1, 1}});
        all.push_back({root + "affinity.bias", {s.width}});
    }
    return all;
}

PromptEncoder::PromptEncoder(Context& context, const PromptShape& shape, const Weights& weights, std::int64_t side,
                             std::int64_t grid)
    : m_shape(shape), m_weights(weights), m_side(side), m_cells(grid) {
    m_matrix = context.read(weights[matrixName]);
    m_meaning[std::size_t(PromptPoint::Kind::nothing)] = context.read(weights[root + "not_a_point_embed.weight"]);
    for (std::size_t i = 0; i < 4; ++i) // negative, positive and the two corners, in the order of Kind
        m_meaning[i + 1] = context.read(weights[root + "point_embeddings." + std::to_string(i) + ".weight"]);
    m_noMask = weights[root + "no_mask_embed.weight"].reshaped({shape.width});
    std::vector<float> cells;
    cells.reserve(std::size_t(grid * grid * shape.width));
    for (std::int64_t y = 0; y < grid; ++y)
        for (std::int64_t x = 0; x < grid; ++x)
            for (const double value : fourier((double(x) + 0.5) / double(grid), (double(y) + 0.5) / double(grid)))
                cells.push_back(float(value));
    m_grid = context.upload({grid * grid, shape.width}, std::span<const float>(cells));
    context.finish();
}

std::vector<double> PromptEncoder::fourier(double u, double v) const {
    const std::size_t half = std::size_t(m_shape.width / 2);
    std::vector<double> values(2 * half);
    for (std::size_t i = 0; i < half; ++i) {
        const double phase =
            2 * std::numbers::pi * ((2 * u - 1) * double(m_matrix[i]) + (2 * v - 1) * double(m_matrix[half + i]));
        values[i] = std::sin(phase), values[half + i] = std::cos(phase);
    }
    return values;
}

std::vector<double> PromptEncoder::place(double x, double y) const {
    return fourier((x + 0.5) / double(m_side), (y + 0.5) / double(m_side));
}

std::vector<float> PromptEncoder::tokens(std::span<const PromptPoint> points) const {
    std::vector<float> all;
    for (const PromptPoint& point : points) {
        const std::vector<float>& meaning = m_meaning[std::size_t(point.kind)];
        if (point.kind == PromptPoint::Kind::nothing) {
            all.insert(all.end(), meaning.begin(), meaning.end());
            continue;
        }
        const std::vector<double> where = place(point.x, point.y);
        for (std::size_t i = 0; i < where.size(); ++i) all.push_back(float(where[i] + double(meaning[i])));
    }
    return all;
}

Tensor PromptEncoder::dense(Context& context, std::span<const float> logits) const {
    const auto w = [&](int layer, const char* what) { return m_weights[down(layer) + what]; };
    const auto normed = [&](const Tensor& image, int layer) { // over the channels of [1, C, H, W]
        const Tensor last = permute(context, image, {0, 2, 3, 1});
        return apply(context, Unary::gelu, layerNorm(context, last, w(layer, "weight"), w(layer, "bias"), {.epsilon = epsilon}));
    };
    Tensor y = context.upload({1, m_shape.dense, maskSide(), maskSide()}, logits);
    y = normed(conv2d(context, y, w(0, "weight"), {.stride = {2, 2}, .bias = w(0, "bias")}), 1);
    y = permute(context, y, {0, 3, 1, 2});
    y = normed(conv2d(context, y, w(3, "weight"), {.stride = {2, 2}, .bias = w(3, "bias")}), 4);
    y = reshape(context, y, {1, m_cells * m_cells, m_shape.mask2});
    const Tensor flat = reshape(context, w(6, "weight"), {m_shape.width, m_shape.mask2});
    return matmul(context, y, flat, {.transposeB = true, .bias = w(6, "bias")});
}

Tensor PromptEncoder::affinity(Context& context, std::span<const float> cosines) const {
    const Tensor flat = reshape(context, m_weights[root + "affinity.weight"], {m_shape.width, 2});
    return matmul(context, context.upload({1, m_cells * m_cells, 2}, cosines), flat,
                  {.transposeB = true, .bias = m_weights[root + "affinity.bias"]});
}

} // namespace orrery::segmentation
