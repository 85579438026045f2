// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/tiny_encoder.h"

#include "engine/tensor/ops/conv.h"
#include "engine/tensor/ops/elementwise.h"
#include "engine/tensor/ops/layout.h"
#include "engine/tensor/ops/matmul.h"
#include "engine/tensor/ops/norm.h"

namespace orrery::segmentation {

using namespace tensor;

namespace {

constexpr double epsilon = 1e-6;

Tensor channelsLast(Context& c, const Tensor& x) { return permute(c, x, {0, 2, 3, 1}); }
Tensor channelsFirst(Context& c, const Tensor& x) { return permute(c, x, {0, 3, 1, 2}); }

/// Every pixel of [1, H, W, C] four times.
Tensor doubled(Context& c, const Tensor& x) {
    const std::int64_t h = x.shape()[1], w = x.shape()[2], C = x.shape()[3];
    return reshape(c, broadcastTo(c, reshape(c, x, {h, 1, w, 1, C}), {h, 2, w, 2, C}), {1, 2 * h, 2 * w, C});
}

/// Means of 2 x 2 pixels of [3, side, side].
std::vector<float> halved(const std::vector<float>& image, std::int64_t side) {
    const std::int64_t half = side / 2;
    std::vector<float> means(std::size_t(3 * half * half));
    for (std::int64_t c = 0; c < 3; ++c)
        for (std::int64_t y = 0; y < half; ++y)
            for (std::int64_t x = 0; x < half; ++x) {
                const float* at = image.data() + (c * side + 2 * y) * side + 2 * x;
                means[std::size_t((c * half + y) * half + x)] = (at[0] + at[1] + at[side] + at[side + 1]) / 4;
            }
    return means;
}

struct State {
    Tensor x;                ///< [1, H, W, C]
    std::vector<Tensor> out; ///< of each stage
};

class TinyEncoder final : public Encoder {
 public:
    TinyEncoder(const TinyShape& shape, const Weights& weights) : m_shape(shape), m_weights(weights) {}

    bool useGlobal(bool on) override {
        m_global = on;
        return true;
    }

    Encoding begin(Context&, const Tensor& image, const Watch& watch) const override {
        Encoding encoding;
        const auto state = std::make_shared<State>();
        const auto features = encoding.features;
        const TinyShape& s = m_shape;
        double pixels = double(s.side * s.side) / 4;
        encoding.beginStage("stem");
        encoding.add(2 * pixels * double(27 * s.stem + s.stem * s.skip2) + pixels * 4.5 * double(s.stem * s.widths[0]),
                     [=, this](Context& c) {
                         const std::vector<float> means = halved(c.read(image), m_shape.side);
                         features->colours = c.upload({3, m_shape.side / 2, m_shape.side / 2}, std::span<const float>(means));
                         Tensor half = convolution(c, image, "stem.0", {.stride = {2, 2}, .padding = {1, 1}});
                         half = apply(c, Unary::gelu, normed(c, channelsLast(c, half), "stem.1"));
                         features->fine = reshape(c, linear(c, half, "skip2"), {1, half.count() / m_shape.stem, m_shape.skip2});
                         half = convolution(c, channelsFirst(c, half), "stem.2", {.stride = {2, 2}, .padding = {1, 1}});
                         state->x = normed(c, channelsLast(c, half), "stem.3");
                         if (watch) watch("stem", state->x);
                     });
        for (std::size_t i = 0; i < s.widths.size(); ++i) {
            pixels /= 4;
            const double C = double(s.widths[i]);
            if (i > 0) {
                encoding.beginStage("merge " + std::to_string(i));
                encoding.add(8 * pixels * C * double(s.widths[i - 1]), [=, this](Context& c) {
                    const std::string at = "downsample." + std::to_string(i - 1);
                    const Tensor y = channelsFirst(c, normed(c, state->x, at + ".0"));
                    state->x = channelsLast(c, convolution(c, y, at + ".1", {.stride = {2, 2}}));
                });
            }
            for (std::int64_t j = 0; j < s.depths[i]; ++j) {
                encoding.beginStage("stage " + std::to_string(i + 1) + ", block " + std::to_string(j + 1));
                encoding.add(pixels * C * (98 + 16 * C), [=, this](Context& c) {
                    mix(c, *state, "stages." + std::to_string(i) + '.' + std::to_string(j) + '.');
                    if (watch) watch("block." + std::to_string(i) + '.' + std::to_string(j), state->x);
                });
            }
            if (i == 2 && m_global) {
                encoding.beginStage("global convolution");
                const double inner = double(s.inner);
                encoding.add(4 * pixels * double(s.kernel) * inner * (C + inner) + 2 * pixels * inner * C, [=, this](Context& c) {
                    lookAround(c, *state);
                    if (watch) watch("gcn", state->x);
                });
            }
            encoding.add(0, [state](Context&) { state->out.push_back(state->x); });
        }
        encoding.beginStage("pyramid");
        const double cells = double(s.grid() * s.grid()), W = double(s.width);
        encoding.add(18 * cells * W * W, [=, this](Context& c) {
            pyramid(c, *state, *features);
            *state = {};
            if (watch) watch("neck", channelsFirst(c, reshape(c, features->embedding, {1, m_shape.grid(), m_shape.grid(), -1})));
        });
        return encoding;
    }

 private:
    Tensor weight(const std::string& name) const { return m_weights["image_encoder." + name + ".weight"]; }
    Tensor bias(const std::string& name) const { return m_weights["image_encoder." + name + ".bias"]; }

    Tensor normed(Context& c, const Tensor& x, const std::string& name) const {
        return layerNorm(c, x, weight(name), bias(name), {.epsilon = epsilon});
    }
    Tensor convolution(Context& c, const Tensor& x, const std::string& name, Conv2dOptions how) const {
        how.bias = bias(name);
        return conv2d(c, x, weight(name), how);
    }
    /// Over the last axis; a 1 x 1 convolution's weights are taken as well.
    Tensor linear(Context& c, const Tensor& x, const std::string& name, std::optional<Unary> activation = {}) const {
        const Tensor w = weight(name);
        const std::int64_t out = w.shape()[0], in = w.shape()[1];
        std::vector<std::int64_t> sizes = x.shape().sizes();
        const Tensor y = matmul(c, reshape(c, x, {x.count() / in, in}), reshape(c, w, {out, in}),
                                {.transposeB = true, .bias = bias(name), .activation = activation});
        sizes.back() = out;
        return reshape(c, y, sizes);
    }

    void mix(Context& c, State& state, const std::string& at) const {
        const std::int64_t C = state.x.shape()[3];
        Tensor y = convolution(c, channelsFirst(c, state.x), at + "dwconv", {.padding = {3, 3}, .groups = C});
        y = normed(c, channelsLast(c, y), at + "norm");
        state.x = add(c, state.x, linear(c, linear(c, y, at + "lin1", Unary::gelu), at + "lin2"));
    }

    void lookAround(Context& c, State& state) const {
        const std::int64_t p = m_shape.kernel / 2;
        const Tensor x = channelsFirst(c, state.x);
        const Tensor a = convolution(c, convolution(c, x, "gcn.a1", {.padding = {p, 0}}), "gcn.a2", {.padding = {0, p}});
        const Tensor b = convolution(c, convolution(c, x, "gcn.b1", {.padding = {0, p}}), "gcn.b2", {.padding = {p, 0}});
        state.x = add(c, state.x, linear(c, channelsLast(c, add(c, a, b)), "gcn.out"));
    }

    void pyramid(Context& c, const State& state, Features& features) const {
        const auto lateral = [&](std::size_t i) { return linear(c, state.out[i + 1], "lateral." + std::to_string(i)); };
        const Tensor top = add(c, lateral(1), doubled(c, lateral(2)));
        const Tensor y = channelsFirst(c, add(c, lateral(0), doubled(c, top)));
        const Tensor neck = normed(c, channelsLast(c, conv2d(c, y, weight("neck.0"), {.padding = {1, 1}})), "neck.1");
        features.embedding = reshape(c, neck, {1, m_shape.grid() * m_shape.grid(), m_shape.width});
        features.skip = reshape(c, linear(c, state.out[0], "skip4"), {1, 4 * m_shape.grid() * m_shape.grid(), m_shape.skip4});
    }

    TinyShape m_shape;
    Weights m_weights;
    bool m_global = true;
};

} // namespace

std::unique_ptr<Encoder> makeTinyEncoder(Context&, const TinyShape& shape, const Weights& weights) {
    return std::make_unique<TinyEncoder>(shape, weights);
}

} // namespace orrery::segmentation
