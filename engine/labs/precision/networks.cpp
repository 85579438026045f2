// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/precision/networks.h"

#include "engine/philox.h"
#include "engine/tensor/ops/reduce.h"
#include "engine/tensor/tape.h"

#include <cmath>
#include <numbers>

namespace orrery::precision {

using tensor::Context, tensor::Tensor, tensor::Unary;

namespace {

constexpr std::uint32_t spiralStream = 0x73706972u; // "spir"
constexpr std::size_t spiralPoints = 512;
constexpr double spiralNoise = 0.02;

} // namespace

Points twoSpirals(std::size_t count, double noise, std::uint64_t seed) {
    Points points;
    for (std::size_t i = 0; i < count; ++i) {
        const Philox4 w = philox(seed, std::uint32_t(i), 0, spiralStream), v = philox(seed, std::uint32_t(i), 1, spiralStream);
        const double label = i % 2 == 0 ? 1 : -1, along = 0.1 + 0.9 * unitOpen(w[0]);
        const double angle = 3 * std::numbers::pi * along + (label > 0 ? 0 : std::numbers::pi);
        const auto wobble = normalPair(v);
        points.xy.push_back(float(along * std::cos(angle) + noise * wobble[0]));
        points.xy.push_back(float(along * std::sin(angle) + noise * wobble[1]));
        points.labels.push_back(float(label));
    }
    return points;
}

SpiralsNetwork::SpiralsNetwork(Context& context, std::uint64_t seed)
    : Network(context, seed),
      m_points(twoSpirals(spiralPoints, spiralNoise, seed)),
      m_places(context.upload({std::int64_t(m_points.count()), 2}, std::span<const float>(m_points.xy))),
      m_labels(context.upload({std::int64_t(m_points.count()), 1}, std::span<const float>(m_points.labels))),
      m_mlp(m_parameters, "net", {2, 64, 64, 1}, Unary::tanh) {}

Tensor SpiralsNetwork::logits(Context& context, const Tensor& places) const { return m_mlp(context, places); }

Tensor SpiralsNetwork::loss(Context& context) {
    // ln(1 + e^(-y z)): the logistic loss by the logit z
    const Tensor margin = tensor::multiply(context, m_labels, logits(context, m_places));
    return tensor::mean(context, tensor::apply(context, Unary::softplus, tensor::apply(context, Unary::negate, margin)));
}

double SpiralsNetwork::accuracy(Context& context) {
    const tensor::Unrecorded quiet(context);
    const std::vector<float> z = context.read(logits(context, m_places));
    std::size_t right = 0;
    for (std::size_t i = 0; i < z.size(); ++i) right += z[i] * m_points.labels[i] > 0;
    return double(right) / double(z.size());
}

} // namespace orrery::precision
