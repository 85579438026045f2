// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/conv_geometry.h"
#include "engine/tensor/ops/matmul.h"
#include "engine/tensor/ops/reduce.h"

#include <algorithm>

namespace orrery::tensor::conv {

namespace {

/// What an invocation of conv_weight.comp computes and how much of the sum it takes.
struct Split {
    bool columns, sliding;
    std::int64_t channels, taps;                    ///< of an invocation
    std::int64_t channelBlocks, tapBlocks;          ///< of a group; of the axis along which taps share
    std::int64_t invocations, lanes, chunk, chunks; ///< for one chunk; rows or columns in all; in a chunk; chunks
};

Split split(const Geometry& g, std::int64_t outW4) {
    Split s{};
    // Kernels one wide share along y what others share along x.
    s.columns = g.KW == 1 && g.KH > 1 && g.stride[1] == 1 && g.padding[1] == 0 && g.OW == g.W;
    const std::size_t axis = s.columns ? 0 : 1;
    s.sliding = g.stride[axis] == 1 && g.dilation[axis] == 1;
    s.channels = g.outputs() >= 5 ? 8 : g.outputs() > 1 ? 4 : 1;
    const std::int64_t along = s.columns ? g.KH : g.KW, most = s.channels == 1 ? 8 : 4;
    s.taps = along > 4 ? most : along;
    s.tapBlocks = over(along, s.taps), s.channelBlocks = over(g.outputs(), s.channels);
    s.invocations = g.inputs() * (s.columns ? 1 : g.KH) * s.tapBlocks;
    // Chunks: enough of them to fill a device, each short enough for its sum to stay exact to some 1e-6, and all together no
    // more than 64 MiB. The rule knows shapes only, so the bits do too.
    s.lanes = g.N * (s.columns ? outW4 : g.OH);
    const std::int64_t fill = over(8192, s.invocations * g.G * s.channelBlocks), exact = over(g.N * g.OH * outW4, 4096);
    const std::int64_t room = std::max<std::int64_t>(1, (std::int64_t(1) << 24) / g.weights().count());
    s.chunk = over(s.lanes, std::min({std::max(fill, exact), room, s.lanes})), s.chunks = over(s.lanes, s.chunk);
    return s;
}

/// Of a 1 x 1 kernel: one product of matrices for each image and group.
Tensor product(Context& context, const Tensor& image, const Tensor& map, const Geometry& g) {
    const auto matrices = [&](const Tensor& t, std::int64_t channels) { return t.reshaped({g.N, g.G, channels, g.H * g.W}); };
    const Tensor each =
        matmul(context, matrices(map, g.outputs()), matrices(image, g.inputs()), {.transposeB = true, .type = DType::f32});
    return sum(context, each, {0}).reshaped(g.weights());
}

} // namespace

Tensor weightGradient(Context& context, const Tensor& image, const Tensor& map, const Geometry& g) {
    if (forHost(context, g)) return weightGradientOnHost(context, image, map, g);
    if (g.kernel == ConvKernel::automatic && g.pointwise()) return product(context, image, map, g);
    const Tensor d = inGroups(context, map);
    const std::int64_t outW4 = d.shape().at(-1) / 4;
    const Split s = split(g, outW4);
    const Tensor x = s.columns ? inGroups(context, image) : image;
    const Tensor y = context.empty({s.chunks, g.O, g.inputs(), g.KH, g.KW});
    struct Push {
        std::uint32_t lines;
        std::int32_t inH, inW, outH, outW4, KH, KW;
        std::uint32_t groups, inChannels, outChannels, channelBlocks;
        std::int32_t strideY, strideX, padY, padX, dilationY, dilationX;
        std::uint32_t tapBlocks, lanes, chunk;
    };
    auto groups = grid(std::uint64_t(s.invocations * s.chunks), 32);
    groups[2] = alongZ(g, s.channelBlocks);
    using gpu::Access, gpu::Element;
    context.run({.kernel = "tensor/conv_weight",
                 .tensors = {x, d, y, x},
                 .bindings = {{"x", Access::read, Element::f32},
                              {"map", Access::read, Element::vec4},
                              {"y", Access::write},
                              {"x4", Access::read, Element::vec4}},
                 .constants = {s.sliding, u(s.channels), u(s.taps), s.columns},
                 .local = {32, 1, 1},
                 .groups = groups},
                Push{u(s.invocations * s.chunks),
                     i(g.H),
                     i(g.W),
                     i(g.OH),
                     i(outW4),
                     i(g.KH),
                     i(g.KW),
                     u(g.G),
                     u(g.inputs()),
                     u(g.outputs()),
                     u(s.channelBlocks),
                     i(g.stride[0]),
                     i(g.stride[1]),
                     i(g.padding[0]),
                     i(g.padding[1]),
                     i(g.dilation[0]),
                     i(g.dilation[1]),
                     u(s.tapBlocks),
                     u(s.lanes),
                     u(s.chunk)});
    return s.chunks == 1 ? y.reshaped(g.weights()) : sum(context, y, {0});
}

} // namespace orrery::tensor::conv
