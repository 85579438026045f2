// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/conv.h"

#include "engine/error.h"
#include "engine/tensor/ops/cast.h"
#include "engine/tensor/ops/conv_geometry.h"
#include "engine/tensor/ops/elementwise.h"
#include "engine/tensor/ops/layout.h"
#include "engine/tensor/ops/reduce.h"
#include "engine/tensor/tape.h"

#include <algorithm>

namespace orrery::tensor {

namespace {

using conv::Geometry;

[[noreturn]] void complain(const char* op, const Tensor& x, const Tensor& w, const std::string& why) {
    throw Error(std::string(op) + ": an image of shape " + x.shape().text() + " and weights of shape " + w.shape().text() +
                " do not fit together: " + why);
}

/// What both ops ask of their inputs; `out`: channels of the result.
template <class Options>
void check(const char* op, const Tensor& x, const Tensor& w, const Options& o, std::int64_t out) {
    for (const std::size_t axis : {0, 1})
        if (o.stride[axis] < 1 || o.dilation[axis] < 1 || o.padding[axis] < 0)
            complain(op, x, w, "stride and dilation are at least 1, padding at least 0");
    if (w.shape()[2] < 1 || w.shape()[3] < 1) complain(op, x, w, "a kernel has at least one tap");
    if (o.bias && (o.bias.count() != out || o.bias.shape().rank() != 1))
        complain(op, x, w, "the bias of shape " + o.bias.shape().text() + " should hold " + std::to_string(out) + " numbers");
}

template <class Options>
void checkAxes(const char* op, const Tensor& x, const Tensor& w, const Options& o) {
    if (x.shape().rank() != 4 || w.shape().rank() != 4) complain(op, x, w, "both need four axes");
    if (o.groups < 1) complain(op, x, w, std::to_string(o.groups) + " groups");
}

std::int64_t mapSize(std::int64_t size, std::int64_t kernel, std::int64_t stride, std::int64_t padding, std::int64_t dilation) {
    const std::int64_t room = size + 2 * padding - dilation * (kernel - 1) - 1;
    return room < 0 ? -1 : room / stride + 1;
}

Geometry geometry(const Tensor& x, const Tensor& w, const Conv2dOptions& o) {
    const char* op = "conv2d";
    checkAxes(op, x, w, o);
    const Shape &p = x.shape(), &q = w.shape();
    check(op, x, w, o, q[0]);
    if (p[1] != q[1] * o.groups || q[0] % o.groups != 0)
        complain(op, x, w, "channels in " + std::to_string(o.groups) + " groups do not agree");
    Geometry g{p[0], p[1], p[2], p[3], q[0], 0, 0, o.groups, q[2], q[3], o.stride, o.padding, o.dilation, o.kernel};
    g.OH = mapSize(g.H, g.KH, o.stride[0], o.padding[0], o.dilation[0]);
    g.OW = mapSize(g.W, g.KW, o.stride[1], o.padding[1], o.dilation[1]);
    if (g.OH < 0 || g.OW < 0) complain(op, x, w, "the kernel is larger than the padded image");
    return g;
}

/// Of the convolution whose transpose is asked for: from the result to x.
Geometry geometry(const Tensor& x, const Tensor& w, const ConvTranspose2dOptions& o) {
    const char* op = "conv_transpose2d";
    checkAxes(op, x, w, o);
    const Shape &p = x.shape(), &q = w.shape();
    check(op, x, w, o, q[1] * o.groups);
    if (p[1] != q[0] || p[1] % o.groups != 0)
        complain(op, x, w, "channels in " + std::to_string(o.groups) + " groups do not agree");
    Geometry g{p[0], q[1] * o.groups, 0, 0, p[1], p[2], p[3], o.groups, q[2], q[3], o.stride, o.padding, o.dilation, o.kernel};
    const auto size = [&](std::size_t axis, std::int64_t in, std::int64_t kernel) {
        if (o.outputPadding[axis] < 0 || o.outputPadding[axis] >= std::max(o.stride[axis], o.dilation[axis]))
            complain(op, x, w, "an output padding is at least 0 and less than the stride or the dilation");
        return (in - 1) * o.stride[axis] - 2 * o.padding[axis] + o.dilation[axis] * (kernel - 1) + o.outputPadding[axis] + 1;
    };
    g.H = size(0, g.OH, g.KH), g.W = size(1, g.OW, g.KW);
    if (g.H < 0 || g.W < 0) complain(op, x, w, "nothing is left of the result");
    return g;
}

/// What an op does inside is neither recorded nor cast by the policy for other ops.
class Inside {
 public:
    explicit Inside(Context& context) : m_unrecorded(context), m_context(context), m_policy(std::exchange(context.policy, {})) {}
    ~Inside() { m_context.policy = std::move(m_policy); }
    Inside(const Inside&) = delete;

 private:
    Unrecorded m_unrecorded;
    Context& m_context;
    Policy m_policy;
};

/// Where there is nothing to sum.
Tensor biasOnly(Context& context, const Tensor& bias, const Shape& shape, DType type) {
    if (!bias) return context.zeros(shape, type);
    return cast(context, broadcastTo(context, bias.reshaped({shape[1], 1, 1}), shape), type);
}

Tensor zerosLike(Context& context, const Tensor& x) { return context.zeros(x.shape(), x.type()); }

Tensor biasGradient(Context& context, const Tensor& dy, const Tensor& bias) {
    return cast(context, sum(context, dy, {0, 2, 3}), bias.type());
}

} // namespace

Tensor conv2d(Context& context, const Tensor& image, const Tensor& weights, const Conv2dOptions& options) {
    const Tensor x = context.admit("conv2d", image), w = context.admit("conv2d", weights), bias = options.bias;
    const DType type = widest(x.type(), w.type(), "conv2d");
    const Geometry g = geometry(x, w, options);
    const bool nothing = x.count() == 0 || w.count() == 0 || g.map().count() == 0;
    Tensor y;
    {
        const Inside quiet(context);
        y = nothing ? biasOnly(context, bias, g.map(), type) : conv::forward(context, x, w, bias, g, type);
    }
    if (tracked(context, {x, w, bias}))
        context.tape->record(
            "conv2d", {x, w, bias}, y, [&context, x, w, bias, g, nothing, tape = context.tape](const Tensor& dy) {
                Tensor dx, dw, db;
                if (tape->tracks(x)) dx = nothing ? zerosLike(context, x) : conv::transposed(context, dy, w, {}, g, x.type());
                if (tape->tracks(w))
                    dw = nothing ? zerosLike(context, w) : cast(context, conv::weightGradient(context, x, dy, g), w.type());
                if (tape->tracks(bias)) db = biasGradient(context, dy, bias);
                return std::vector<Tensor>{dx, dw, db};
            });
    return y;
}

Tensor convTranspose2d(Context& context, const Tensor& map, const Tensor& weights, const ConvTranspose2dOptions& options) {
    const char* op = "conv_transpose2d";
    const Tensor x = context.admit(op, map), w = context.admit(op, weights), bias = options.bias;
    const DType type = widest(x.type(), w.type(), op);
    const Geometry g = geometry(x, w, options);
    const bool nothing = x.count() == 0 || w.count() == 0 || g.image().count() == 0;
    Tensor y;
    {
        const Inside quiet(context);
        y = nothing ? biasOnly(context, bias, g.image(), type) : conv::transposed(context, x, w, bias, g, type);
    }
    if (tracked(context, {x, w, bias}))
        context.tape->record(op, {x, w, bias}, y, [&context, x, w, bias, g, nothing, tape = context.tape](const Tensor& dy) {
            Tensor dx, dw, db;
            if (tape->tracks(x)) dx = nothing ? zerosLike(context, x) : conv::forward(context, dy, w, {}, g, x.type());
            if (tape->tracks(w))
                dw = nothing ? zerosLike(context, w) : cast(context, conv::weightGradient(context, dy, x, g), w.type());
            if (tape->tracks(bias)) db = biasGradient(context, dy, bias);
            return std::vector<Tensor>{dx, dw, db};
        });
    return y;
}

} // namespace orrery::tensor
