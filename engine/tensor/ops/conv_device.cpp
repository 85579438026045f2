// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/error.h"
#include "engine/tensor/ops/cast.h"
#include "engine/tensor/ops/conv_geometry.h"
#include "engine/tensor/ops/layout.h"
#include "engine/tensor/ops/matmul.h"

#include <algorithm>
#include <numeric>

namespace orrery::tensor::conv {

namespace {

/// Kernels write whole groups of four where rows are made of them, in any type; single elements in f32 only.
DType written(bool wholeGroups, DType type) { return wholeGroups ? type : DType::f32; }

/// How the kernel of all shapes goes along x and what an invocation computes; see conv.comp.
struct Walk {
    std::int64_t stepOut = 1, stepIn = 1, stepTap = 1, stepTapY = 1, across = 4, quads = 1, blocks = 1, channelBlocks = 1;
};

Walk walk(const Geometry& g, bool turned, std::int64_t width, std::int64_t quads, bool cpu) {
    const std::int64_t common = std::gcd(g.stride[1], g.dilation[1]), commonY = std::gcd(g.stride[0], g.dilation[0]);
    Walk w{.stepOut = g.dilation[1] / common, .stepIn = g.dilation[1] / common, .stepTap = g.stride[1] / common};
    (turned ? w.stepOut : w.stepIn) *= g.stride[1];
    if (!turned && w.stepOut > 1 && over(width, w.stepOut) < 4) // too few places in step: each tap reads its own window
        w.stepOut = 1, w.stepIn = g.stride[1], w.stepTap = g.KW;
    w.stepTapY = g.stride[0] / commonY;
    w.across = over(width, w.stepOut) <= 4 ? 4 : 8;
    w.blocks = w.stepOut * over(over(width, w.stepOut), w.across);
    // 8 x 16 sums pay on a CPU device, whose registers are the stack anyway; a GPU would run out of them.
    w.quads = quads >= 3 && cpu ? 4 : std::min<std::int64_t>(quads, 2);
    w.channelBlocks = over(quads, w.quads);
    return w;
}

/// Weights for the kernel of all shapes: groups, channels that are summed, taps, channels of the result.
Tensor ordered(Context& context, const Tensor& w, const Geometry& g, bool turned) {
    const std::int64_t T = g.KH * g.KW, K = g.inputs() * T, out = turned ? g.inputs() : g.outputs();
    return arrange(context, w,
                   {.a = g.G,
                    .b = turned ? g.outputs() : g.inputs(),
                    .c = T,
                    .r = over(out, 4) * 4,
                    .strideA = g.outputs() * K,
                    .strideB = turned ? K : T,
                    .strideC = 1,
                    .strideR = turned ? T : K,
                    .size = out});
}

/// The kernel of all shapes.
Tensor direct(Context& context, const Tensor& x, const Tensor& weights, const Tensor& bias, const Geometry& g, DType type,
              bool turned) {
    const std::int64_t in = turned ? g.outputs() : g.inputs(), out = turned ? g.inputs() : g.outputs();
    const Shape shape = turned ? g.image() : g.map();
    const Walk w = walk(g, turned, shape[3], over(out, 4), context.device().isCpu());
    const std::int64_t lines = shape[0] * shape[2] * w.blocks;
    const bool whole = w.stepOut == 1 && shape[3] % 4 == 0;
    const Tensor y = context.empty(shape, written(whole, type));
    struct Push {
        std::uint32_t lines;
        std::int32_t inH, inW, outH, outW, KH, KW;
        std::uint32_t groups, inChannels, outChannels;
        std::int32_t strideY, strideX, padY, padX, dilationY, dilationX, stepOut, stepIn, stepTap, stepTapY;
        std::uint32_t blocks, channelBlocks;
    };
    auto groups = grid(std::uint64_t(lines), 32);
    groups[2] = alongZ(g, w.channelBlocks);
    using gpu::Access, gpu::Element;
    context.run({.kernel = "tensor/conv",
                 .tensors = {x, ordered(context, weights, g, turned), bias ? bias : x, y},
                 .bindings = {{"x", Access::read, Element::f32},
                              {"w", Access::read, Element::vec4},
                              {"bias", Access::read, Element::f32},
                              {"y", Access::write}},
                 .constants = {turned, bool(bias), whole, u(w.across), u(w.quads)},
                 .local = {32, 1, 1},
                 .groups = groups},
                Push{u(lines),
                     i(turned ? g.OH : g.H),
                     i(turned ? g.OW : g.W),
                     i(shape[2]),
                     i(shape[3]),
                     i(g.KH),
                     i(g.KW),
                     u(g.G),
                     u(in),
                     u(out),
                     i(g.stride[0]),
                     i(g.stride[1]),
                     i(g.padding[0]),
                     i(g.padding[1]),
                     i(g.dilation[0]),
                     i(g.dilation[1]),
                     i(w.stepOut),
                     i(w.stepIn),
                     i(w.stepTap),
                     i(w.stepTapY),
                     u(w.blocks),
                     u(w.channelBlocks)});
    return cast(context, y, type);
}

/// A 1 x 1 kernel: one product of matrices for each image (and group).
Tensor product(Context& context, const Tensor& x, const Tensor& w, const Tensor& bias, const Geometry& g, DType type,
               bool turned) {
    const Shape shape = turned ? g.image() : g.map();
    const Tensor images = x.reshaped({g.N, g.G, turned ? g.outputs() : g.inputs(), g.H * g.W});
    Tensor y = matmul(context, w.reshaped({g.G, g.outputs(), g.inputs()}), images,
                      {.transposeA = turned, .type = bias ? DType::f32 : type});
    y = y.reshaped(shape);
    if (!bias) return y;
    const Tensor each = broadcastTo(context, bias.reshaped({1, bias.count()}), {shape[0], shape[1]});
    return cast(context, add(context, y, each.reshaped({shape[0], shape[1], 1, 1})), type);
}

} // namespace

Tensor inGroups(Context& context, const Tensor& x) {
    const std::int64_t missing = over(x.shape().at(-1), 4) * 4 - x.shape().at(-1);
    return missing ? pad(context, cast(context, x, DType::f32), -1, 0, missing) : x;
}

std::uint64_t alongZ(const Geometry& g, std::int64_t channelBlocks) {
    if (g.G * channelBlocks > 65535)
        throw Error("conv2d: too many channels in too many groups for a device, in weights of shape " + g.weights().text());
    return std::uint64_t(g.G * channelBlocks);
}

Tensor arrange(Context& context, const Tensor& w, const Arrange& how) {
    const Tensor y = context.empty({how.a, how.b, how.c, how.r}, DType::f32);
    struct Push {
        std::uint32_t count;
        std::int32_t b, c, r4, strideA, strideB, strideC, strideR, base, lead, size;
    };
    const std::int64_t count = y.count() / 4;
    using gpu::Access, gpu::Element;
    context.run({.kernel = "tensor/conv_arrange",
                 .tensors = {w, y},
                 .bindings = {{"w", Access::read, Element::f32}, {"y", Access::write}},
                 .groups = stridedGrid(context, std::uint64_t(count))},
                Push{u(count), i(how.b), i(how.c), i(how.r / 4), i(how.strideA), i(how.strideB), i(how.strideC), i(how.strideR),
                     i(how.base), i(how.lead), i(how.size)});
    return y;
}

bool depthwiseFits(const Geometry& g) {
    const bool rows = g.stride[1] == 1 && g.dilation[1] == 1;
    const bool columns = g.KW == 1 && g.padding[1] == 0 && g.stride == Pair{1, 1};
    return g.kernel == ConvKernel::automatic && g.inputs() == 1 && (rows || columns);
}

Tensor depthwise(Context& context, const Tensor& image, const Tensor& w, const Tensor& bias, const Geometry& g, DType type,
                 bool flipped) {
    const bool columns = g.KW == 1 && g.padding[1] == 0 && g.stride == Pair{1, 1};
    const Tensor x = inGroups(context, image);
    // Zeros before the first tap move it to the first place of a group.
    const std::int64_t lead = columns ? 0 : ((-g.padding[1]) % 4 + 4) % 4, first = (-g.padding[1] - lead) / 4;
    const std::int64_t taps = columns ? g.KH : g.KW, tapGroups = over(lead + taps, 4), T = g.KH * g.KW, turn = flipped ? -1 : 1;
    const Tensor ordered = arrange(context, w,
                                   {.a = g.O,
                                    .b = columns ? 1 : g.KH,
                                    .r = tapGroups * 4,
                                    .strideA = T,
                                    .strideB = turn * g.KW,
                                    .strideR = turn,
                                    .base = flipped ? T - 1 : 0,
                                    .lead = lead,
                                    .size = taps});
    const bool whole = g.OW % 4 == 0;
    const Tensor y = context.empty(g.map(), written(whole, type));
    const std::int64_t groups = over(g.OW, 4),
                       span = columns ? (g.OH > 4 * g.dilation[0] ? 8 : 4) : std::min<std::int64_t>(groups, 4);
    const std::int64_t blocks = columns ? groups : over(groups, span);
    const std::int64_t rowBlocks = columns ? g.dilation[0] * over(over(g.OH, g.dilation[0]), span) : g.OH;
    const std::int64_t lines = g.N * g.O * rowBlocks * blocks;
    struct Push {
        std::uint32_t lines, channels, multiplier;
        std::int32_t inH, inW4, outH, outW, KH, tapGroups, first, strideY, padY, dilationY, blocks, rowBlocks;
    };
    using gpu::Access, gpu::Element;
    context.run({.kernel = "tensor/conv_depthwise",
                 .tensors = {x, ordered, bias ? bias : x, y},
                 .bindings = {{"x", Access::read, Element::vec4},
                              {"w", Access::read, Element::vec4},
                              {"bias", Access::read, Element::f32},
                              {"y", Access::write}},
                 .constants = {columns, bool(bias), whole, u(span)},
                 .groups = grid(std::uint64_t(lines), 64)},
                Push{u(lines), u(g.O), u(g.outputs()), i(g.H), i(x.shape().at(-1) / 4), i(g.OH), i(g.OW), i(g.KH), i(tapGroups),
                     i(first), i(g.stride[0]), i(g.padding[0]), i(g.dilation[0]), i(blocks), i(rowBlocks)});
    return cast(context, y, type);
}

Tensor forward(Context& context, const Tensor& image, const Tensor& w, const Tensor& bias, const Geometry& g, DType type) {
    if (forHost(context, g)) return cast(context, forwardOnHost(context, image, w, bias, g), type);
    if (depthwiseFits(g)) return depthwise(context, image, w, bias, g, type, false);
    if (g.kernel == ConvKernel::automatic && g.pointwise()) return product(context, image, w, bias, g, type, false);
    return direct(context, image, w, bias, g, type, false);
}

Tensor transposed(Context& context, const Tensor& map, const Tensor& w, const Tensor& bias, const Geometry& g, DType type) {
    if (forHost(context, g)) return cast(context, transposedOnHost(context, map, w, bias, g), type);
    if (g.kernel == ConvKernel::automatic && g.stride == Pair{1, 1} && g.outputs() == 1) {
        // With stride 1 the transpose is a convolution by the kernel turned round.
        Geometry back = g;
        std::swap(back.C, back.O), std::swap(back.H, back.OH), std::swap(back.W, back.OW);
        back.padding = {g.dilation[0] * (g.KH - 1) - g.padding[0], g.dilation[1] * (g.KW - 1) - g.padding[1]};
        if (depthwiseFits(back)) return depthwise(context, map, w, bias, back, type, true);
    }
    if (g.kernel == ConvKernel::automatic && g.pointwise()) return product(context, map, w, bias, g, type, true);
    return direct(context, map, w, bias, g, type, true);
}

} // namespace orrery::tensor::conv
