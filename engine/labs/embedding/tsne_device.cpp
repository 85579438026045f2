// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/tsne_device.h"

#include "engine/error.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

namespace orrery::embedding {

namespace {

using gpu::Access, gpu::Element, tensor::Tensor;

/// In nanoseconds of a GPU of the middle class, modelled from the bytes and operations of each: what matters is that the choice
/// is counted, and the same on every run.
constexpr RepulsionCost costOnDevice = {0.004, 0.4, 5, 40, 1e5};
constexpr std::int64_t enoughQuads = 1 << 17; ///< invocations that fill any device: then pairs need fewer shares

} // namespace

DeviceTsne::DeviceTsne(gpu::Device& device, std::shared_ptr<const Affinities> affinities, Repulsion repulsion,
                       const GridRepulsion::Options& grid, const std::optional<DeviceShape>& shape)
    : m_context(device),
      m_shape(shape.value_or(DeviceShape::of(device))),
      m_mostShares(m_shape.shares),
      m_affinities(std::move(affinities)),
      m_graph(m_context, m_affinities->joint, 2,
              [&graph = m_affinities->joint](std::size_t e, std::int32_t* to) {
                  to[0] = graph.index[e], to[1] = std::bit_cast<std::int32_t>(graph.weight[e]);
              }),
      m_repulsion(repulsion),
      m_options(grid),
      m_grid(m_context, grid, m_shape),
      m_points(m_context) {
    if (const std::string refusal = deviceRefusal(device, m_affinities->joint.n); !refusal.empty())
        throw Error("t-SNE: " + refusal + "; let the host compute");
}

std::string DeviceTsne::how() const {
    if (!m_usedGrid) return "all pairs";
    const std::string nodes = std::to_string(m_grid.nodes());
    return "grid of " + nodes + " x " + nodes + (m_points.dims() == 3 ? " x " + nodes : "");
}

void DeviceTsne::hold(const State& state) {
    if (!m_points.hold(state)) return;
    m_extent.reset();
    const std::int64_t padded = m_points.padded();
    if (m_pulls && m_pulls.shape()[0] == padded) return;
    m_pulls = m_context.empty({padded, 4});
    m_shape.shares =
        std::uint32_t(std::clamp<std::int64_t>(enoughQuads * 4 / std::max<std::int64_t>(padded, 1), 1, m_mostShares));
    m_pushes = m_context.empty({m_shape.shares, padded, 4});
}

void DeviceTsne::attract(bool forLoss) {
    for (const DeviceGraph::Part& part : m_graph.parts()) {
        const std::uint32_t push[] = {part.first, part.rows};
        m_context.run({.kernel = "embedding/attract",
                       .tensors = {m_points.tensor(), part.start, part.edges, m_pulls},
                       .bindings = {{"points", Access::read, Element::vec4},
                                    {"start", Access::read, Element::u32},
                                    {"edges", Access::read, Element::uvec2},
                                    {"pulls", Access::write, Element::vec4}},
                       .constants = {m_shape.team, forLoss},
                       .local = {m_shape.group, 1, 1},
                       .groups = tensor::grid(std::uint64_t(part.rows) * m_shape.team, m_shape.group),
                       .flops = 14.0 * double(part.edges.shape()[0])},
                      push);
    }
}

void DeviceTsne::repulse() {
    const std::uint32_t n = m_points.points();
    if (m_repulsion != Repulsion::exact && !m_extent) {
        const Tensor bounds = boundsOf(m_context, m_points.tensor(), n, m_shape.group);
        const gpu::Download download = m_context.recorder().download({bounds.buffer(), 0, 32});
        m_context.finish();
        m_extent.emplace();
        std::copy_n(download.as<float>().begin(), 4, m_extent->least.begin());
        std::copy_n(download.as<float>().begin() + 4, 4, m_extent->most.begin());
    }
    m_usedGrid =
        m_extent && !allPairs(m_repulsion, m_options, costOnDevice, n, m_extent->range(m_points.dims()), m_points.dims());
    m_shares = m_usedGrid ? 1 : m_shape.shares;
    if (m_usedGrid) {
        m_added = m_grid.run(m_points, *m_extent, m_pushes);
    } else {
        m_added = 0;
        const struct { std::uint32_t count, padded, shares; } push{n, m_points.padded(), m_shares};
        m_context.run({.kernel = "embedding/repulsion",
                       .tensors = {m_points.tensor(), m_pushes},
                       .bindings = {{"points", Access::read, Element::vec4}, {"pushes", Access::write, Element::vec4}},
                       .local = {m_shape.group, 1, 1},
                       .groups = tensor::grid(std::uint64_t(push.padded / 4) * m_shares, m_shape.group),
                       .flops = 14.0 * double(n) * double(n)},
                      push);
    }
    m_total = sumOf(m_context, m_pushes, n, m_shape.group, m_shares, m_points.padded());
}

void DeviceTsne::descend(const Tuning& tuning, int number) {
    const bool forgets = number > 0 && number == tuning.exaggerated; // what exaggeration set in motion ends with it
    attract(false);
    repulse();
    const std::uint32_t n = m_points.points();
    const double exaggeration = number < tuning.exaggerated ? tuning.exaggeration : tuning.laterExaggeration;
    const double rate = tuning.rate > 0 ? tuning.rate : double(n) / (4 * std::max(1.0, exaggeration));
    const struct {
        std::uint32_t count, padded, shares;
        float exaggeration, rate, momentum, kept, added;
    } push{n,
           m_points.padded(),
           m_shares,
           float(exaggeration),
           float(rate),
           float(tuning.momentum),
           forgets ? 0.0F : 1.0F,
           float(m_added)};
    m_context.run({.kernel = "embedding/descend",
                   .tensors = {m_pulls, m_pushes, m_total, m_points.tensor()},
                   .bindings = {{"pulls", Access::read, Element::vec4},
                                {"pushes", Access::read, Element::vec4},
                                {"total", Access::read, Element::vec4},
                                {"state", Access::readWrite, Element::vec4}},
                   .local = {m_shape.group, 1, 1},
                   .groups = tensor::grid(n, m_shape.group)},
                  push);
    m_context.run({.kernel = "embedding/centre",
                   .tensors = {sumOf(m_context, m_points.tensor(), n, m_shape.group), m_points.tensor()},
                   .bindings = {{"total", Access::read, Element::vec4}, {"state", Access::readWrite, Element::vec4}},
                   .local = {m_shape.group, 1, 1},
                   .groups = tensor::grid(n, m_shape.group)},
                  n);
    m_extent.reset();
}

void DeviceTsne::run(State& state, const Tuning& tuning, int number, int steps) {
    if (state.y.n == 0 || steps <= 0) return;
    hold(state);
    for (int i = 0; i < steps; ++i) descend(tuning, number + i);
    m_points.take(state);
}

Loss DeviceTsne::loss(const State& state, const Tuning&) {
    if (state.y.n == 0) return {};
    hold(state);
    attract(true);
    const Tensor sum = sumOf(m_context, m_pulls, m_points.points(), m_shape.group);
    repulse();
    Loss loss;
    const std::vector<Four> sums = readFours(m_context, {{sum, 0}, {m_total, 0}});
    loss.attraction = std::numbers::ln2 * double(sums[0][3]);
    loss.repulsion = std::log(std::max(1e-30, double(sums[1][3]) + m_added));
    loss.total = m_affinities->entropy + loss.attraction + loss.repulsion;
    return loss;
}

Forces DeviceTsne::forces(const State& state, const Tuning& tuning, int number, std::int64_t point) {
    hold(state);
    attract(false);
    repulse();
    const double exaggeration = number < tuning.exaggerated ? tuning.exaggeration : tuning.laterExaggeration;
    std::vector<PlaceOf> places = {{m_total, 0}, {m_pulls, std::uint64_t(point)}};
    for (std::uint64_t share = 0; share < m_shares; ++share)
        places.push_back({m_pushes, share * m_points.padded() + std::uint64_t(point)});
    const std::vector<Four> fours = readFours(m_context, places);
    const double z = std::max(1e-30, double(fours[0][3]) + m_added);
    Forces found;
    for (std::size_t d = 0; d < std::size_t(state.y.dims); ++d) {
        found.attraction[d] = -4 * exaggeration * fours[1][d];
        for (std::size_t share = 2; share < fours.size(); ++share) found.repulsion[d] += 4 * fours[share][d] / z;
    }
    return found;
}

double DeviceTsne::gradient(const State& state, double exaggeration, PicturePoints& out) {
    out = PicturePoints(state.y.n, state.y.dims);
    if (state.y.n == 0) return 0;
    hold(state);
    attract(false);
    repulse();
    const double z = std::max(1e-30, double(readFours(m_context, {{m_total, 0}})[0][3]) + m_added);
    const std::vector<float> pull = m_context.read(m_pulls), push = m_context.read(m_pushes);
    for (int d = 0; d < out.dims; ++d)
        for (std::int64_t i = 0; i < out.n; ++i) {
            double sum = 0;
            for (std::uint32_t share = 0; share < m_shares; ++share)
                sum += push[std::size_t(4 * (std::int64_t(share) * m_points.padded() + i) + d)];
            out[d][i] = float(4 * (exaggeration * pull[std::size_t(4 * i + d)] - sum / z));
        }
    return z;
}

PicturePoints DeviceTsne::pushes(const State& state) {
    PicturePoints slope;
    gradient(state, 0, slope);
    return slope;
}

} // namespace orrery::embedding
