// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/modules.h"

#include "engine/tensor/ops/gather.h"
#include "engine/tensor/ops/matmul.h"
#include "engine/tensor/ops/norm.h"

#include <cmath>

namespace orrery::tensor {

namespace {

/// PyTorch's first values for a weight of which `fanIn` numbers meet in a sum.
Init byFanIn(std::int64_t fanIn) { return Init::uniform(1 / std::sqrt(double(fanIn))); }

} // namespace

Linear::Linear(Parameters& parameters, const std::string& name, std::int64_t in, std::int64_t out, bool withBias)
    : weight(parameters, name + ".weight", {out, in}, byFanIn(in)) {
    if (withBias) bias = Weight(parameters, name + ".bias", {out}, byFanIn(in));
}

Tensor Linear::operator()(Context& context, const Tensor& x, std::optional<Unary> activation) const {
    return matmul(context, x, weight(), {.transposeB = true, .bias = bias.orNone(), .activation = activation});
}

Conv2d::Conv2d(Parameters& parameters, const std::string& name, std::int64_t in, std::int64_t out, Pair kernel,
               const Conv2dOptions& o, bool withBias)
    : weight(parameters, name + ".weight", {out, in / o.groups, kernel[0], kernel[1]},
             byFanIn(in / o.groups * kernel[0] * kernel[1])),
      options(o) {
    if (withBias) bias = Weight(parameters, name + ".bias", {out}, byFanIn(in / o.groups * kernel[0] * kernel[1]));
}

Tensor Conv2d::operator()(Context& context, const Tensor& x) const {
    Conv2dOptions now = options;
    now.bias = bias.orNone();
    return conv2d(context, x, weight(), now);
}

ConvTranspose2d::ConvTranspose2d(Parameters& parameters, const std::string& name, std::int64_t in, std::int64_t out, Pair kernel,
                                 const ConvTranspose2dOptions& o, bool withBias)
    : weight(parameters, name + ".weight", {in, out / o.groups, kernel[0], kernel[1]},
             byFanIn(out / o.groups * kernel[0] * kernel[1])),
      options(o) {
    if (withBias) bias = Weight(parameters, name + ".bias", {out}, byFanIn(out / o.groups * kernel[0] * kernel[1]));
}

Tensor ConvTranspose2d::operator()(Context& context, const Tensor& x) const {
    ConvTranspose2dOptions now = options;
    now.bias = bias.orNone();
    return convTranspose2d(context, x, weight(), now);
}

LayerNorm::LayerNorm(Parameters& parameters, const std::string& name, std::int64_t size, double e)
    : weight(parameters, name + ".weight", {size}, Init::ones()),
      bias(parameters, name + ".bias", {size}, Init::zeros()),
      epsilon(e) {}

Tensor LayerNorm::operator()(Context& context, const Tensor& x) const {
    return layerNorm(context, x, weight(), bias(), {.epsilon = epsilon});
}

RmsNorm::RmsNorm(Parameters& parameters, const std::string& name, std::int64_t size, double e)
    : weight(parameters, name + ".weight", {size}, Init::ones()), epsilon(e) {}

Tensor RmsNorm::operator()(Context& context, const Tensor& x) const {
    return rmsNorm(context, x, weight(), {.epsilon = epsilon});
}

GroupNorm::GroupNorm(Parameters& parameters, const std::string& name, std::int64_t g, std::int64_t channels, double e)
    : weight(parameters, name + ".weight", {channels}, Init::ones()),
      bias(parameters, name + ".bias", {channels}, Init::zeros()),
      groups(g),
      epsilon(e) {}

Tensor GroupNorm::operator()(Context& context, const Tensor& x) const {
    return groupNorm(context, x, groups, weight(), bias(), {.epsilon = epsilon});
}

Embedding::Embedding(Parameters& parameters, const std::string& name, std::int64_t count, std::int64_t size)
    : weight(parameters, name + ".weight", {count, size}, Init::normal(1)) {}

Tensor Embedding::operator()(Context& context, const Tensor& numbers) const { return embedding(context, weight(), numbers); }

Mlp::Mlp(Parameters& parameters, const std::string& name, const std::vector<std::int64_t>& sizes, Unary f) : activation(f) {
    const std::string prefix = name.empty() ? "" : name + ".";
    for (std::size_t i = 0; i + 1 < sizes.size(); ++i)
        layers.emplace_back(parameters, prefix + std::to_string(2 * i), sizes[i], sizes[i + 1]);
}

Tensor Mlp::operator()(Context& context, const Tensor& x) const {
    Tensor y = x;
    for (std::size_t i = 0; i < layers.size(); ++i)
        y = layers[i](context, y, i + 1 < layers.size() ? std::optional(activation) : std::nullopt);
    return y;
}

SelfAttention::SelfAttention(Parameters& parameters, const std::string& name, std::int64_t size, std::int64_t h)
    : qkv(parameters, name + ".qkv", size, 3 * size), projection(parameters, name + ".proj", size, size), heads(h) {}

Tensor SelfAttention::operator()(Context& context, const Tensor& x, const AttentionOptions& options) const {
    return projection(context, attention(context, qkv(context, x), heads, heads, options));
}

TransformerBlock::TransformerBlock(Parameters& parameters, const std::string& name, std::int64_t size, std::int64_t heads,
                                   std::int64_t hidden, Unary f)
    : norm1(parameters, name + ".norm1", size),
      attention(parameters, name + ".attn", size, heads),
      norm2(parameters, name + ".norm2", size),
      lin1(parameters, name + ".mlp.lin1", size, hidden),
      lin2(parameters, name + ".mlp.lin2", hidden, size),
      activation(f) {}

Tensor TransformerBlock::operator()(Context& context, const Tensor& x, const AttentionOptions& options) const {
    const Tensor y = add(context, x, attention(context, norm1(context, x), options));
    return add(context, y, lin2(context, lin1(context, norm2(context, y), activation)));
}

} // namespace orrery::tensor
