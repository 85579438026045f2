// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/precision/networks.h"

#include "engine/philox.h"
#include "engine/tensor/ops/layout.h"
#include "engine/tensor/ops/loss.h"
#include "engine/tensor/ops/reduce.h"
#include "engine/tensor/tape.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace orrery::precision {

using tensor::Context, tensor::Tensor, tensor::Unary;

namespace {

constexpr std::uint32_t spiralStream = 0x73706972u; // "spir"
constexpr std::size_t spiralPoints = 512;
constexpr double spiralNoise = 0.02;
constexpr std::uint32_t drawingStream = 0x64726177u; // "draw"
constexpr std::size_t drawingCount = 256;
constexpr double drawingNoise = 0.3;

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

std::vector<std::string> opsOf(const std::string& network) {
    if (network == "spirals") return {"matmul", "sum"};
    if (network == "drawings") return {"matmul", "conv2d", "cross_entropy"};
    return {"matmul", "conv2d", "sum", "cross_entropy"};
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

Drawings drawings(std::size_t count, double noise, std::uint64_t seed) {
    constexpr std::int64_t side = Drawings::side;
    Drawings all;
    for (std::size_t i = 0; i < count; ++i) {
        const Philox4 w = philox(seed, std::uint32_t(i), 0, drawingStream);
        const auto kind = std::int32_t(i % Drawings::kinds);
        const std::int64_t x0 = 4 + w[0] % 5, y0 = 4 + w[1] % 5, phase = w[2] % 4;
        for (std::int64_t y = 0; y < side; ++y)
            for (std::int64_t x = 0; x < side; ++x) {
                const double away = std::hypot(double(x - x0), double(y - y0));
                const bool ink = kind == 0   ? (y + phase) % 4 < 2
                                 : kind == 1 ? (x + phase) % 4 < 2
                                 : kind == 2 ? x == x0 || y == y0
                                             : away > 2.2 && away < 3.6;
                const auto pixel = std::uint32_t(y * side + x);
                all.pixels.push_back(
                    float((ink ? 1 : 0) + noise * normalPair(philox(seed, std::uint32_t(i), 1 + pixel, drawingStream))[0]));
            }
        all.labels.push_back(kind);
    }
    return all;
}

DrawingsNetwork::DrawingsNetwork(Context& context, std::uint64_t seed)
    : Network(context, seed),
      m_data(drawings(drawingCount, drawingNoise, seed)),
      m_pictures(
          context.upload({std::int64_t(drawingCount), 1, Drawings::side, Drawings::side}, std::span<const float>(m_data.pixels))),
      m_labels(context.upload({std::int64_t(drawingCount)}, std::span<const std::int32_t>(m_data.labels))),
      m_first(m_parameters, "conv1", 1, 8, {3, 3}, {.padding = {1, 1}}),
      m_second(m_parameters, "conv2", 8, 16, {3, 3}, {.stride = {2, 2}, .padding = {1, 1}}),
      m_last(m_parameters, "fc", 16 * 6 * 6, Drawings::kinds) {}

Tensor DrawingsNetwork::logits(Context& context, const Tensor& pictures) const {
    const Tensor a = tensor::apply(context, Unary::silu, m_first(context, pictures));
    const Tensor b = tensor::apply(context, Unary::silu, m_second(context, a));
    return m_last(context, tensor::reshape(context, b, {b.shape()[0], -1}));
}

Tensor DrawingsNetwork::loss(Context& context) { return tensor::crossEntropy(context, logits(context, m_pictures), m_labels); }

double DrawingsNetwork::accuracy(Context& context) {
    const tensor::Unrecorded quiet(context);
    const std::vector<float> z = context.read(logits(context, m_pictures));
    std::size_t right = 0;
    for (std::size_t i = 0; i < drawingCount; ++i) {
        const auto row = z.begin() + std::ptrdiff_t(i * Drawings::kinds);
        right += std::max_element(row, row + Drawings::kinds) - row == m_data.labels[i];
    }
    return double(right) / double(drawingCount);
}

} // namespace orrery::precision
