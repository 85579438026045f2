// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/modules.h"

#include "engine/tensor/ops/matmul.h"

#include <cmath>

namespace orrery::tensor {

Linear::Linear(Parameters& parameters, const std::string& name, std::int64_t in, std::int64_t out, bool withBias)
    : weight(parameters, name + ".weight", {out, in}, Init::uniform(1 / std::sqrt(double(in)))) {
    if (withBias) bias = Weight(parameters, name + ".bias", {out}, Init::uniform(1 / std::sqrt(double(in))));
}

Tensor Linear::operator()(Context& context, const Tensor& x, std::optional<Unary> activation) const {
    return matmul(context, x, weight(), {.transposeB = true, .bias = bias ? bias() : Tensor{}, .activation = activation});
}

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

} // namespace orrery::tensor
