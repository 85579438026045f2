// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/umap_device.h"

#include "engine/error.h"

#include <algorithm>
#include <cmath>

namespace orrery::embedding {

namespace {

using gpu::Access, gpu::Element, tensor::Tensor;

} // namespace

DeviceUmap::DeviceUmap(gpu::Device& device, const FuzzyGraph& fuzzy, std::uint64_t seed, const std::optional<DeviceShape>& shape,
                       std::uint64_t mostBytes)
    : DeviceUmap(device, fuzzy.graph, scheduleOf(fuzzy.graph, seed), seed, shape, mostBytes) {}

DeviceUmap::DeviceUmap(gpu::Device& device, const Graph& graph, const Schedule& schedule, std::uint64_t seed,
                       const std::optional<DeviceShape>& shape, std::uint64_t mostBytes)
    : m_context(device),
      m_shape(shape.value_or(DeviceShape::of(device))),
      m_seed(seed),
      m_most(schedule.most),
      m_graph(
          m_context, graph, 4,
          [&](std::size_t e, std::int32_t* to) {
              to[0] = graph.index[e];
              to[1] = std::int32_t(schedule.rate[e]), to[2] = std::int32_t(schedule.phase[e]), to[3] = 0;
          },
          mostBytes),
      m_points(m_context) {
    if (const std::string refusal = deviceRefusal(device, graph.n); !refusal.empty())
        throw Error("UMAP: " + refusal + "; let the host compute");
}

void DeviceUmap::hold(const State& state) {
    m_points.hold(state);
    if (!m_forces || m_forces.shape()[1] != m_points.padded()) m_forces = m_context.empty({2, m_points.padded(), 4});
}

void DeviceUmap::act(const Tuning& t, int number) {
    for (const DeviceGraph::Part& part : m_graph.parts()) {
        const struct {
            std::uint32_t seed[2], first, rows, count, padded, step, negatives;
            float a, b, pull, push;
        } push{{std::uint32_t(m_seed), std::uint32_t(m_seed >> 32)},
               part.first,
               part.rows,
               m_points.points(),
               m_points.padded(),
               std::uint32_t(number),
               std::uint32_t(t.negatives),
               float(t.a),
               float(t.b),
               float(-2 * t.a * t.b),
               float(2 * t.repulsion * t.b)};
        m_context.run({.kernel = "embedding/umap",
                       .tensors = {m_points.tensor(), part.start, part.edges, m_forces},
                       .bindings = {{"points", Access::read, Element::vec4},
                                    {"start", Access::read, Element::u32},
                                    {"edges", Access::read, Element::uvec4},
                                    {"forces", Access::write, Element::vec4}},
                       .constants = {m_shape.team},
                       .local = {m_shape.group, 1, 1},
                       .groups = tensor::grid(std::uint64_t(part.rows) * m_shape.team, m_shape.group)},
                      push);
    }
}

void DeviceUmap::run(State& state, const Tuning& tuning, int number, int steps) {
    if (state.y.n == 0 || steps <= 0) return;
    hold(state);
    for (int i = number; i < number + steps; ++i) {
        act(tuning, i);
        const struct {
            std::uint32_t count, padded;
            float rate, fullFirst, fullSecond;
        } push{m_points.points(), m_points.padded(), float(std::max(0.0, 1 - double(i) / std::max(1, tuning.epochs))),
               1 / (1 - std::pow(0.5F, float(i + 1))), 1 / (1 - std::pow(0.9F, float(i + 1)))};
        m_context.run({.kernel = "embedding/adam",
                       .tensors = {m_forces, m_points.tensor()},
                       .bindings = {{"forces", Access::read, Element::vec4}, {"state", Access::readWrite, Element::vec4}},
                       .local = {m_shape.group, 1, 1},
                       .groups = tensor::grid(push.count, m_shape.group)},
                      push);
    }
    m_points.take(state);
}

Loss DeviceUmap::loss(const State& state, const Tuning& tuning) {
    if (state.y.n == 0) return {};
    hold(state);
    const Tensor sums = m_context.empty({m_points.padded(), 4});
    for (const DeviceGraph::Part& part : m_graph.parts()) {
        const struct {
            std::uint32_t first, rows, count;
            float a, b, weight;
        } push{part.first, part.rows, m_points.points(), float(tuning.a), float(tuning.b), float(double(m_most) * 0x1p-32)};
        m_context.run({.kernel = "embedding/umap_loss",
                       .tensors = {m_points.tensor(), part.start, part.edges, sums},
                       .bindings = {{"points", Access::read, Element::vec4},
                                    {"start", Access::read, Element::u32},
                                    {"edges", Access::read, Element::uvec4},
                                    {"sums", Access::write, Element::vec4}},
                       .local = {m_shape.group, 1, 1},
                       .groups = tensor::grid(part.rows, m_shape.group)},
                      push);
    }
    const Four total = readFours(m_context, {{sumOf(m_context, sums, m_points.points(), m_shape.group), 0}})[0];
    const double weight = std::max(1e-30, double(total[1]));
    Loss loss;
    loss.attraction = total[0] / weight;
    loss.repulsion = tuning.negatives * tuning.repulsion * total[2] / weight;
    loss.total = loss.attraction + loss.repulsion;
    return loss;
}

Forces DeviceUmap::forces(const State& state, const Tuning& tuning, int number, std::int64_t point) {
    hold(state);
    act(tuning, number);
    const auto at = std::uint64_t(point);
    const std::vector<Four> fours = readFours(m_context, {{m_forces, at}, {m_forces, m_points.padded() + at}});
    Forces found;
    for (std::size_t d = 0; d < std::size_t(state.y.dims); ++d)
        found.attraction[d] = fours[0][d], found.repulsion[d] = fours[1][d];
    return found;
}

std::array<PicturePoints, 2> DeviceUmap::acting(const State& state, const Tuning& tuning, int number) {
    std::array<PicturePoints, 2> found = {PicturePoints(state.y.n, state.y.dims), PicturePoints(state.y.n, state.y.dims)};
    if (state.y.n == 0) return found;
    hold(state);
    act(tuning, number);
    const std::vector<float> all = m_context.read(m_forces);
    for (std::size_t part = 0; part < 2; ++part)
        for (int d = 0; d < state.y.dims; ++d)
            for (std::int64_t i = 0; i < state.y.n; ++i)
                found[part][d][i] = all[4 * (part * m_points.padded() + std::size_t(i)) + std::size_t(d)];
    return found;
}

} // namespace orrery::embedding
