// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/grid_device.h"

#include "engine/tensor/ops/fft.h"

#include <algorithm>
#include <cmath>

namespace orrery::embedding {

namespace {

using gpu::Access, gpu::Element, tensor::Tensor;

/// Where points are measured from and how, for shaders/embedding/grid.glsl.
struct Ruler {
    Four middle{};
    float perUnit, centre;
    Ruler(const GridFit& fit, const Extent& extent)
        : perUnit(float(1 / fit.spacing)), centre(float((fit.nodes() - 1) / 2.0 - (splineOrder / 2.0 - 1))) {
        for (std::size_t d = 0; d < 3; ++d) middle[d] = float((double(extent.most[d]) + double(extent.least[d])) / 2);
    }
};

} // namespace

double Extent::range(int dims) const {
    double range = 0;
    for (std::size_t d = 0; d < std::size_t(dims); ++d) range = std::max(range, double(most[d]) - double(least[d]));
    return range;
}

// A node takes at most 151/315 of a point along each axis, the spline's middle, and half a part for rounding. Rounding to parts of
// q = 1 / parts puts an error of q / sqrt(12) at each of a point's 8^dims nodes, each its own: sqrt(8^dims / 12) q of what the point
// does to another, 2e-5 for 100,000 points in the plane and 1.4e-4 for a million, with a sign of its own for each pair of points.
// The grid itself is allowed 1e-3. More than 2^24 parts float32 could not tell apart.
double DeviceGrid::parts(std::int64_t n, int dims) {
    const double room = (0x1p32 - 1) / double(std::max<std::int64_t>(1, n)) - 0.5;
    return std::exp2(std::min(24.0, std::floor(std::log2(room / std::pow(151.0 / 315, dims)))));
}

/// The host's spectrum, in float32 like the transforms that it is for: what they round is as much. Made here, since it takes the host
/// a tenth of a second for a large grid.
void DeviceGrid::fit(const GridFit& wanted, int dims) {
    if (wanted == m_fit && dims == m_dims) return;
    m_fit = wanted, m_dims = dims;
    const std::int64_t L = wanted.length, half = L / 2 + 1, outer = dims == 2 ? 1 : L;
    tensor::Context& c = m_context;
    const Tensor wave = c.empty({L * outer, L});
    const struct {
        std::uint32_t count, length, outer;
        float spacing;
    } nodes{std::uint32_t(wave.count()), std::uint32_t(L), std::uint32_t(outer), float(wanted.spacing)};
    c.run({.kernel = "embedding/wave",
           .tensors = {wave},
           .bindings = {{"rows", Access::write, Element::f32}},
           .constants = {wanted.offset > 0},
           .local = {m_shape.group, 1, 1},
           .groups = tensor::grid(nodes.count, m_shape.group)},
          nodes);
    Tensor z = tensor::rfft(c, wave);
    if (dims == 3) z = tensor::fft(c, turned(z, L, L, half, half, L));
    z = tensor::fft(c, turned(z, 1, L, half * outer, half * outer, L));
    std::vector<float> sharp;
    for (int k = 0; k < L; ++k) sharp.push_back(float(sharpening(k, int(L))));
    m_spectrum = c.empty({half * outer, L});
    const struct {
        std::uint32_t count, length, outer;
    } waves{std::uint32_t(m_spectrum.count()), std::uint32_t(L), std::uint32_t(outer)};
    c.run({.kernel = "embedding/sharpen",
           .tensors = {z, c.upload({L}, std::span<const float>(sharp)), m_spectrum},
           .bindings = {{"x", Access::read, Element::vec2},
                        {"sharp", Access::read, Element::f32},
                        {"spectrum", Access::write, Element::f32}},
           .local = {m_shape.group, 1, 1},
           .groups = tensor::grid(waves.count, m_shape.group)},
          waves);
}

Tensor DeviceGrid::spread(const Resident& points, const Extent& extent) {
    const std::int64_t nodes = m_fit.nodes(), rows = m_dims == 2 ? nodes : nodes * nodes;
    const double parts = DeviceGrid::parts(points.points(), m_dims);
    const Tensor charges = m_context.zeros({rows, nodes}, tensor::DType::i32);
    const Ruler ruler(m_fit, extent);
    const std::uint32_t lanes = m_shape.team;
    const struct {
        Four middle;
        std::uint32_t count, nodes;
        float perUnit, centre, scale;
    } push{ruler.middle, points.points(), std::uint32_t(nodes), ruler.perUnit, ruler.centre, float(parts)};
    m_context.run({.kernel = "embedding/spread",
                   .tensors = {points.tensor(), charges},
                   .bindings = {{"points", Access::read, Element::vec4}, {"charges", Access::readWrite, Element::u32}},
                   .constants = {m_dims == 3, lanes},
                   .local = {m_shape.group, 1, 1},
                   .groups = tensor::grid(std::uint64_t(points.points()) * lanes, m_shape.group)},
                  push);
    const Tensor padded = m_context.empty({rows, m_fit.length});
    const struct {
        std::uint32_t count, nodes, length;
        float part;
    } unpack{std::uint32_t(padded.count()), std::uint32_t(nodes), std::uint32_t(m_fit.length), float(1 / parts)};
    m_context.run({.kernel = "embedding/charges",
                   .tensors = {charges, padded},
                   .bindings = {{"charges", Access::read, Element::u32}, {"rows", Access::write, Element::f32}},
                   .local = {m_shape.group, 1, 1},
                   .groups = tensor::grid(unpack.count, m_shape.group)},
                  unpack);
    return padded;
}

Tensor DeviceGrid::turned(const Tensor& x, std::int64_t planes, std::int64_t rows, std::int64_t columns, std::int64_t wide,
                          std::int64_t tall) {
    const Tensor y = m_context.empty({planes * wide, tall, 2});
    const struct {
        std::uint32_t count, rows, columns, wide, tall;
    } push{std::uint32_t(planes * wide * tall), std::uint32_t(rows), std::uint32_t(columns), std::uint32_t(wide),
           std::uint32_t(tall)};
    m_context.run({.kernel = "embedding/turn",
                   .tensors = {x, y},
                   .bindings = {{"x", Access::read, Element::vec2}, {"y", Access::write, Element::vec2}},
                   .local = {m_shape.group, 1, 1},
                   .groups = tensor::grid(push.count, m_shape.group)},
                  push);
    return y;
}

/// Real rows along the last axis, then complex ones along the others, which are turned to lie along the rows; zeros are added
/// only there, and what wraps into them is never transformed back.
Tensor DeviceGrid::convolve(const Tensor& rows) {
    const std::int64_t L = m_fit.length, N = m_fit.nodes(), half = L / 2 + 1;
    tensor::Context& c = m_context;
    Tensor z = tensor::rfft(c, rows); // [.., N, half]
    if (m_dims == 3) z = tensor::fft(c, turned(z, N, N, half, half, L)).reshaped({N, half * L, 2});
    const std::int64_t columns = m_dims == 3 ? half * L : half;
    z = tensor::fft(c, turned(z, 1, N, columns, columns, L));
    const Tensor product = c.empty(z.shape());
    const std::uint32_t count = std::uint32_t(m_spectrum.count());
    c.run({.kernel = "embedding/times",
           .tensors = {z, m_spectrum, product},
           .bindings = {{"x", Access::read, Element::vec2},
                        {"spectrum", Access::read, Element::f32},
                        {"y", Access::write, Element::vec2}},
           .local = {m_shape.group, 1, 1},
           .groups = tensor::grid(count, m_shape.group)},
          count);
    z = turned(tensor::ifft(c, product), 1, columns, L, N, columns);
    if (m_dims == 3) z = turned(tensor::ifft(c, z.reshaped({N * half, L, 2})), N, half, L, N, half);
    return tensor::irfft(c, z, L);
}

double DeviceGrid::run(const Resident& points, const Extent& extent, const Tensor& pushes) {
    const double n = points.points();
    fit(gridFit(m_options, extent.range(points.dims()), points.dims()), points.dims());
    const Tensor field = convolve(spread(points, extent));
    const Ruler ruler(m_fit, extent);
    const struct {
        Four middle;
        std::uint32_t count, nodes, length;
        float perUnit, centre, scale, itself;
    } push{ruler.middle,  points.points(), std::uint32_t(m_fit.nodes()), std::uint32_t(m_fit.length),
           ruler.perUnit, ruler.centre,    float(-0.5 / m_fit.spacing),  m_fit.offset > 0 ? 0.0F : 1.0F};
    m_context.run({.kernel = "embedding/potential",
                   .tensors = {points.tensor(), field, pushes},
                   .bindings = {{"points", Access::read, Element::vec4},
                                {"field", Access::read, Element::f32},
                                {"pushes", Access::write, Element::vec4}},
                   .constants = {m_dims == 3},
                   .local = {m_shape.group, 1, 1},
                   .groups = tensor::grid(points.points(), m_shape.group)},
                  push);
    return m_fit.offset * n * (n - 1);
}

} // namespace orrery::embedding
