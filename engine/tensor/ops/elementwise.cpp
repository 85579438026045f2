// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/elementwise.h"

#include "engine/error.h"
#include "engine/tensor/ops/cast.h"
#include "engine/tensor/ops/layout.h"
#include "engine/tensor/ops/reduce.h"
#include "engine/tensor/tape.h"

#include <array>

namespace orrery::tensor {

namespace {

enum class Spread : std::uint32_t { whole, rows, columns, single }; // numbers of the shader

struct Operand {
    Tensor tensor;
    Spread spread = Spread::whole;
    std::uint32_t period = 1; ///< groups of four
};

/// How the operand fills the shape, in one of the ways that the kernel knows; else a copy that fills it.
Operand operand(Context& context, const Tensor& tensor, const Shape& shape) {
    const Shape& own = tensor.shape();
    if (own.count() == shape.count()) return {tensor};
    if (own.count() == 1) return {tensor, Spread::single};
    // Trailing axes equal, leading ones missing or 1.
    const std::size_t extra = shape.rank() - own.rank();
    const auto sizeAt = [&](std::size_t axis) { return axis < extra ? 1 : own[axis - extra]; };
    std::size_t split = shape.rank();
    while (split > 0 && sizeAt(split - 1) == shape[split - 1]) --split;
    bool ones = true;
    for (std::size_t axis = 0; axis < split; ++axis) ones = ones && sizeAt(axis) == 1;
    if (ones && own.count() % 4 == 0) return {tensor, Spread::rows, std::uint32_t(own.count() / 4)};
    // Leading axes equal, trailing ones 1.
    split = 0;
    while (split < shape.rank() && sizeAt(split) == shape[split]) ++split;
    ones = true;
    for (std::size_t axis = split; axis < shape.rank(); ++axis) ones = ones && sizeAt(axis) == 1;
    const std::int64_t inner = shape.product(split, shape.rank());
    if (ones && inner % 4 == 0) return {tensor, Spread::columns, std::uint32_t(inner / 4)};
    return {broadcastTo(context, tensor, shape)};
}

Tensor launch(Context& context, std::uint32_t function, const Shape& shape, DType type, const Operand& a, const Operand& b,
              double p, double q) {
    const Tensor y = context.empty(shape, type);
    struct Push {
        std::uint32_t count, periodA, periodB;
        float p, q;
    };
    const auto groups = std::uint64_t((shape.count() + 3) / 4);
    using gpu::Access, gpu::Element;
    context.run({.kernel = "tensor/elementwise",
                 .tensors = {a.tensor, b.tensor, y},
                 .bindings = {{"a", Access::read, Element::vec4}, {"b", Access::read, Element::vec4}, {"y", Access::write}},
                 .constants = {function, std::uint32_t(a.spread), std::uint32_t(b.spread)},
                 .groups = stridedGrid(context, groups)},
                Push{std::uint32_t(groups), a.period, b.period, float(p), float(q)});
    return y;
}

constexpr std::uint32_t slopes = 64, binaries = 128;

} // namespace

const char* toString(Unary function) {
    constexpr std::array names = {"negate", "exp",       "log",  "sqrt",   "rsqrt",   "reciprocal", "square",
                                  "abs",    "sin",       "cos",  "tanh",   "sigmoid", "softplus",   "relu",
                                  "gelu",   "gelu tanh", "silu", "affine", "clamp",   "identity"};
    static_assert(names.size() == std::size_t(Unary::count));
    return names[std::size_t(function)];
}

const char* toString(Binary function) {
    constexpr std::array names = {"add", "subtract", "multiply", "divide", "maximum", "minimum", "less"};
    static_assert(names.size() == std::size_t(Binary::count));
    return names[std::size_t(function)];
}

Tensor apply(Context& context, Unary function, const Tensor& input, double p, double q) {
    const Tensor x = context.admit(toString(function), input);
    const DType type = widest(x.type(), x.type(), toString(function));
    const Tensor y = launch(context, std::uint32_t(function), x.shape(), type, {x}, {x}, p, q);
    if (tracked(context, {x}))
        context.tape->record(toString(function), {x}, y, [&context, function, x, p, q](const Tensor& dy) {
            return std::vector<Tensor>{applySlope(context, function, x, dy, p, q)};
        });
    return y;
}

Tensor converted(Context& context, const Tensor& x, DType type) {
    return launch(context, std::uint32_t(Unary::identity), x.shape(), type, {x}, {x}, 0, 0);
}

Tensor applySlope(Context& context, Unary function, const Tensor& x, const Tensor& dy, double p, double q) {
    if (x.shape().count() != dy.shape().count())
        throw Error(std::string("the slope of ") + toString(function) + ": the shapes " + x.shape().text() + " and " +
                    dy.shape().text() + " do not fit together");
    return launch(context, slopes + std::uint32_t(function), x.shape(), dy.type(), {x}, {dy}, p, q);
}

Tensor apply(Context& context, Binary function, const Tensor& first, const Tensor& second) {
    const char* name = toString(function);
    const Tensor a = context.admit(name, first), b = context.admit(name, second);
    const DType type = widest(a.type(), b.type(), name);
    const Shape shape = broadcast(a.shape(), b.shape(), name);
    const Tensor y = launch(context, binaries + std::uint32_t(function), shape, type, operand(context, a, shape),
                            operand(context, b, shape), 0, 0);
    if (function != Binary::less && tracked(context, {a, b}))
        context.tape->record(name, {a, b}, y, [&context, function, a, b, tape = context.tape](const Tensor& dy) {
            const auto product = [&](const Tensor& p, const Tensor& q) { return multiply(context, p, q); };
            const auto to = [&](const Tensor& g, const Tensor& x) {
                return cast(context, sumTo(context, g, x.shape()), x.type());
            };
            const bool first = tape->tracks(a), second = tape->tracks(b);
            Tensor da, db;
            switch (function) {
                case Binary::add:
                    da = dy, db = dy;
                    break;
                case Binary::subtract:
                    da = dy;
                    if (second) db = apply(context, Unary::negate, dy);
                    break;
                case Binary::multiply:
                    if (first) da = product(dy, b);
                    if (second) db = product(dy, a);
                    break;
                case Binary::divide:
                    if (first) da = divide(context, dy, b);
                    if (second) db = apply(context, Unary::negate, product(divide(context, dy, b), divide(context, a, b)));
                    break;
                default: { // maximum, minimum
                    const bool most = function == Binary::maximum;
                    const Tensor toSecond = most ? apply(context, Binary::less, a, b) : apply(context, Binary::less, b, a);
                    if (first) da = product(dy, affine(context, toSecond, -1, 1));
                    if (second) db = product(dy, toSecond);
                }
            }
            return std::vector<Tensor>{first ? to(da, a) : Tensor{}, second ? to(db, b) : Tensor{}};
        });
    return y;
}

} // namespace orrery::tensor
