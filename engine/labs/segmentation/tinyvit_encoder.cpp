// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/tinyvit.h"
#include "engine/labs/segmentation/vit_encoder.h"
#include "engine/tensor/ops/attention.h"
#include "engine/tensor/ops/conv.h"
#include "engine/tensor/ops/layout.h"
#include "engine/tensor/ops/matmul.h"
#include "engine/tensor/ops/norm.h"

#include <cstdlib>

namespace orrery::segmentation {

using namespace tensor;

namespace {

/// Scores' biases by pair of places, [1, heads, w^2, w^2], from biases by distance.
Tensor pairBiases(Context& context, const Tensor& byDistance, std::int64_t w) {
    const std::vector<float> stored = context.read(byDistance);
    const std::int64_t heads = byDistance.shape()[0], places = w * w;
    std::vector<float> all;
    all.reserve(std::size_t(heads * places * places));
    for (std::int64_t h = 0; h < heads; ++h)
        for (std::int64_t i = 0; i < places; ++i)
            for (std::int64_t j = 0; j < places; ++j)
                all.push_back(stored[std::size_t(h * places + std::abs(i / w - j / w) * w + std::abs(i % w - j % w))]);
    return context.upload({1, heads, places, places}, std::span<const float>(all));
}

/// Rows that lie head by head, [heads][q, k, v][d], to all queries, all keys, all values.
Tensor byKind(Context& context, const Tensor& weight, std::int64_t heads, std::int64_t size) {
    const std::int64_t in = weight.count() / (3 * heads * size);
    return reshape(context, permute(context, reshape(context, weight, {heads, 3, size, in}), {1, 0, 2, 3}),
                   weight.shape().sizes());
}

struct State {
    Tensor x, y; ///< [1, C, H, W] in the stem, the first stage and merges, tokens [1, H, W, C] elsewhere
};

class TinyVitEncoder final : public Encoder {
 public:
    TinyVitEncoder(Context& context, const TinyVitShape& shape, const Weights& weights) : m_shape(shape), m_weights(weights) {
        for (std::size_t i = 0; i < shape.stages.size(); ++i)
            for (std::int64_t j = 0; shape.stages[i].heads > 0 && j < shape.stages[i].blocks; ++j) {
                const std::string at = block(i, j) + "attn.";
                const TinyVitStage& s = shape.stages[i];
                m_weights.set(at + "attention_biases", pairBiases(context, weights[at + "attention_biases"], s.window));
                for (const char* part : {"qkv.weight", "qkv.bias"})
                    m_weights.set(at + part, byKind(context, weights[at + part], s.heads, s.headSize));
            }
        context.finish();
    }

    Encoding begin(Context&, const Tensor& image, const Watch& watch) const override {
        Encoding encoding;
        const auto state = std::make_shared<State>();
        state->x = image;
        const double half = double(m_shape.side * m_shape.side) / 4;
        encoding.beginStage("stem");
        convolution(encoding, state, "image_encoder.patch_embed.seq.0", {.stride = {2, 2}, .padding = {1, 1}}, true,
                    half * 54 * double(m_shape.stem));
        convolution(encoding, state, "image_encoder.patch_embed.seq.2", {.stride = {2, 2}, .padding = {1, 1}}, false,
                    half / 4 * 18 * double(m_shape.stem * m_shape.width));
        note(encoding, state, watch, "patch_embed");
        for (std::size_t i = 0; i < m_shape.stages.size(); ++i) {
            const TinyVitStage& s = m_shape.stages[i];
            if (i > 0) encoding.add(0, [state](Context& c) { state->x = permute(c, state->x, {0, 2, 3, 1}); });
            for (std::int64_t j = 0; j < s.blocks; ++j) {
                encoding.beginStage("stage " + std::to_string(i + 1) + ", block " + std::to_string(j + 1));
                s.expanded > 0 ? inverted(encoding, state, i, j) : attending(encoding, state, i, j);
                note(encoding, state, watch, "block." + std::to_string(i) + '.' + std::to_string(j));
            }
            if (s.next == 0) continue;
            merge(encoding, state, i);
            if (i + 1 < m_shape.stages.size()) note(encoding, state, watch, "merge." + std::to_string(i));
        }
        encoding.beginStage("neck");
        const std::int64_t G = m_shape.grid(), C = m_shape.channels, width = m_shape.stages.back().width;
        encoding.add(2.0 * double(G * G * C) * double(width + 9 * C), [=, this, features = encoding.features](Context& c) {
            features->embedding = neck(c, m_weights, reshape(c, state->x, {1, G * G, width}), G);
            *state = {};
            if (watch) watch("neck", permute(c, reshape(c, features->embedding, {1, G, G, C}), {0, 3, 1, 2}));
        });
        return encoding;
    }

    HeadView head(Context& context, const std::string& stage, std::int64_t head, const Tensor& input) const override {
        const std::size_t dot = stage.find('.'), next = stage.find('.', dot + 1);
        const auto i = std::size_t(std::stoul(stage.substr(dot + 1, next - dot - 1)));
        const TinyVitStage& s = m_shape.stages.at(i);
        const std::string at = block(i, std::stol(stage.substr(next + 1))) + "attn.";
        const std::int64_t tokens = s.grid * s.grid, inner = s.heads * s.headSize, places = s.window * s.window;
        // A row of zeros stands for what fills up a window: the norm comes after.
        const Tensor rows = pad(context, reshape(context, input, {tokens, s.width}), 0, 0, 1);
        const Tensor x = layerNorm(context, rows, m_weights[at + "norm.weight"], m_weights[at + "norm.bias"]);
        const auto part = [&](const char* name, std::int64_t kind) {
            return slice(context, m_weights[at + name], 0, kind * inner + head * s.headSize, s.headSize);
        };
        const auto made = [&](std::int64_t kind) {
            return context.read(
                matmul(context, x, part("qkv.weight", kind), {.transposeB = true, .bias = part("qkv.bias", kind)}));
        };
        HeadView view{.grid = s.grid, .window = s.window, .size = s.headSize, .queries = made(0), .keys = made(1)};
        view.outside.assign(view.keys.end() - s.headSize, view.keys.end());
        view.queries.resize(std::size_t(tokens * s.headSize)), view.keys.resize(std::size_t(tokens * s.headSize));
        const Tensor biases = reshape(context, m_weights[at + "attention_biases"], {s.heads, places * places});
        view.biases = context.read(slice(context, biases, 0, head, 1));
        return view;
    }

 private:
    using Shared = std::shared_ptr<State>;

    static std::string block(std::size_t stage, std::int64_t number) {
        return "image_encoder.layers." + std::to_string(stage) + ".blocks." + std::to_string(number) + '.';
    }

    static void note(Encoding& encoding, const Shared& state, const Watch& watch, const std::string& name) {
        if (watch) encoding.add(0, [state, watch, name](Context&) { watch(name, state->x); });
    }

    void convolution(Encoding& encoding, const Shared& state, const std::string& name, const Conv2dOptions& how, bool gelu,
                     double flops) const {
        encoding.add(flops, [this, state, name, how, gelu](Context& c) {
            Conv2dOptions with = how;
            with.bias = m_weights[name + ".bias"];
            const Tensor y = conv2d(c, state->x, m_weights[name + ".weight"], with);
            state->x = gelu ? apply(c, Unary::gelu, y) : y;
        });
    }

    void inverted(Encoding& encoding, const Shared& state, std::size_t i, std::int64_t j) const {
        const TinyVitStage& s = m_shape.stages[i];
        const std::string at = block(i, j);
        const double pixels = double(s.grid * s.grid), flat = 2 * pixels * double(s.width * s.expanded);
        encoding.add(0, [state](Context&) { state->y = state->x; });
        convolution(encoding, state, at + "conv1", {}, true, flat);
        convolution(encoding, state, at + "conv2", {.padding = {1, 1}, .groups = s.expanded}, true,
                    18 * pixels * double(s.expanded));
        convolution(encoding, state, at + "conv3", {}, false, flat);
        encoding.add(0, [state](Context& c) {
            state->x = apply(c, Unary::gelu, add(c, state->x, state->y));
            state->y = {};
        });
    }

    void attending(Encoding& encoding, const Shared& state, std::size_t i, std::int64_t j) const {
        const TinyVitStage& s = m_shape.stages[i];
        const std::string at = block(i, j);
        const std::int64_t w = s.window, inner = s.heads * s.headSize, across = (s.grid + w - 1) / w;
        const double tokens = double(across * across * w * w), D = double(s.width);
        encoding.add(tokens * (8 * D * double(inner) + 4 * double(w * w * inner)), [=, this](Context& c) {
            const auto weight = [&](const char* name) { return m_weights[at + "attn." + name]; };
            Tensor y = intoWindows(c, state->x, w);
            y = layerNorm(c, reshape(c, y, {across * across, w * w, s.width}), weight("norm.weight"), weight("norm.bias"));
            y = matmul(c, y, weight("qkv.weight"), {.transposeB = true, .bias = weight("qkv.bias")});
            y = attention(c, y, s.heads, s.heads, {.bias = weight("attention_biases")});
            y = matmul(c, y, weight("proj.weight"), {.transposeB = true, .bias = weight("proj.bias")});
            y = fromWindows(c, reshape(c, y, {across * across, w, w, s.width}), s.grid, s.grid);
            state->x = add(c, state->x, y);
        });
        const double pixels = double(s.grid * s.grid);
        encoding.add(18 * pixels * D, [=, this](Context& c) {
            const Tensor y = conv2d(c, permute(c, state->x, {0, 3, 1, 2}), m_weights[at + "local_conv.weight"],
                                    {.padding = {1, 1}, .groups = s.width, .bias = m_weights[at + "local_conv.bias"]});
            state->x = permute(c, y, {0, 2, 3, 1});
        });
        encoding.add(4 * pixels * D * double(s.hidden), [=, this](Context& c) {
            const auto weight = [&](const char* name) { return m_weights[at + "mlp." + name]; };
            const Tensor flat = reshape(c, state->x, {s.grid * s.grid, s.width});
            Tensor y = layerNorm(c, flat, weight("norm.weight"), weight("norm.bias"));
            y = matmul(c, y, weight("fc1.weight"), {.transposeB = true, .bias = weight("fc1.bias"), .activation = Unary::gelu});
            y = matmul(c, y, weight("fc2.weight"), {.transposeB = true, .bias = weight("fc2.bias")});
            state->x = reshape(c, add(c, flat, y), state->x.shape().sizes());
        });
    }

    void merge(Encoding& encoding, const Shared& state, std::size_t i) const {
        const TinyVitStage& s = m_shape.stages[i];
        const std::string at = "image_encoder.layers." + std::to_string(i) + ".downsample.conv";
        const double before = double(s.grid * s.grid), after = before / double(s.stride * s.stride);
        if (s.expanded == 0) encoding.add(0, [state](Context& c) { state->x = permute(c, state->x, {0, 3, 1, 2}); });
        convolution(encoding, state, at + "1", {}, true, 2 * before * double(s.width * s.next));
        convolution(encoding, state, at + "2", {.stride = {s.stride, s.stride}, .padding = {1, 1}, .groups = s.next}, true,
                    18 * after * double(s.next));
        convolution(encoding, state, at + "3", {}, false, 2 * after * double(s.next * s.next));
    }

    TinyVitShape m_shape;
    Weights m_weights;
};

} // namespace

std::unique_ptr<Encoder> makeTinyVitEncoder(Context& context, const TinyVitShape& shape, const Weights& weights) {
    return std::make_unique<TinyVitEncoder>(context, shape, weights);
}

} // namespace orrery::segmentation
