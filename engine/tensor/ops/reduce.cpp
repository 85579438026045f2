// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/reduce.h"

#include "engine/error.h"
#include "engine/tensor/ops/cast.h"
#include "engine/tensor/ops/elementwise.h"
#include "engine/tensor/ops/layout.h"
#include "engine/tensor/tape.h"

#include <algorithm>
#include <limits>

namespace orrery::tensor {

namespace {

constexpr std::int64_t chunk = 4096; ///< a multiple of four

/// [outer, size, inner] to [outer, inner].
Tensor reduceMiddle(Context& context, Reduction what, const Tensor& x, std::int64_t outer, std::int64_t size, std::int64_t inner,
                    RowMapping mapping) {
    if (size == 0) {
        const double none = std::numeric_limits<double>::infinity();
        return context.full({outer, inner}, what == Reduction::maximum ? -none : what == Reduction::minimum ? none : 0);
    }
    const bool cpu = context.device().isCpu(), alongRows = inner == 1 && size % 4 == 0, wide = !cpu && size >= 512;
    const bool team = alongRows && (mapping == RowMapping::workgroup || (mapping == RowMapping::automatic && wide));
    // Few results leave most of a device idle: shorter chunks then. The rule knows shapes and the kind of device only.
    const std::int64_t enough = cpu ? 4096 : team ? 8192 : 262144;
    std::int64_t length = chunk;
    while (length > 256 && outer * inner * ((size + length - 1) / length) < enough) length /= 2;
    const std::int64_t chunks = (size + length - 1) / length;
    const Tensor y = context.empty({outer, chunks, inner}, DType::f32);
    struct Push {
        std::uint32_t outer, size, inner, chunks, length;
    };
    using gpu::Access, gpu::Element;
    context.run(
        {.kernel = "tensor/reduce",
         .tensors = {x, x, y},
         .bindings = {{"x4", Access::read, Element::vec4}, {"x1", Access::read, Element::f32}, {"y", Access::write}},
         .constants = {std::uint32_t(what), alongRows, team},
         .local = {team ? 128u : 64u, 1, 1},
         .groups = grid(std::uint64_t(outer * chunks * inner), team ? 1 : 64)},
        Push{std::uint32_t(outer), std::uint32_t(size), std::uint32_t(inner), std::uint32_t(chunks), std::uint32_t(length)});
    if (chunks == 1) return y.reshaped({outer, inner});
    return reduceMiddle(context, what == Reduction::sumOfSquares ? Reduction::sum : what, y, outer, chunks, inner, mapping);
}

/// Over axes [from, to).
Tensor reduceRun(Context& context, Reduction what, const Tensor& x, std::size_t from, std::size_t to, RowMapping mapping) {
    const Shape& shape = x.shape();
    std::vector<std::int64_t> sizes = shape.sizes();
    for (std::size_t axis = from; axis < to; ++axis) sizes[axis] = 1;
    return reduceMiddle(context, what, x, shape.product(0, from), shape.product(from, to), shape.product(to, shape.rank()),
                        mapping)
        .reshaped(Shape(sizes));
}

Shape without(const Shape& shape, const std::vector<bool>& gone) {
    std::vector<std::int64_t> sizes;
    for (std::size_t axis = 0; axis < shape.rank(); ++axis)
        if (!gone[axis]) sizes.push_back(shape[axis]);
    return Shape(sizes);
}

} // namespace

Tensor reduce(Context& context, Reduction what, const Tensor& input, const std::vector<int>& axes, bool keep,
              RowMapping mapping) {
    const Tensor x = context.admit("sum", input);
    const Shape& shape = x.shape();
    (void)widest(x.type(), x.type(), "a reduction");
    std::vector<bool> gone(shape.rank(), axes.empty());
    for (const int axis : axes) gone[shape.axis(axis)] = true;
    // Runs of neighbouring axes, the last first.
    Tensor y = x;
    Reduction now = what;
    for (std::size_t to = shape.rank(); to > 0;) {
        if (!gone[to - 1]) {
            --to;
            continue;
        }
        std::size_t from = to;
        while (from > 0 && gone[from - 1]) --from;
        y = reduceRun(context, now, y, from, to, mapping);
        if (what == Reduction::sumOfSquares) now = Reduction::sum;
        to = from;
    }
    if (y.id() == x.id()) // no axis to reduce over
        y = what == Reduction::sumOfSquares ? apply(context, Unary::square, cast(context, x, DType::f32))
                                            : affine(context, cast(context, x, DType::f32), 1);
    const Shape kept = y.shape();
    if (!keep) y = y.reshaped(without(kept, gone));
    if (tracked(context, {x}))
        context.tape->record("reduce", {x}, y, [&context, what, x, y, kept](const Tensor& gradient) {
            const Tensor dy = gradient.reshaped(kept);
            Tensor dx;
            if (what == Reduction::sum) {
                dx = broadcastTo(context, dy, x.shape());
            } else if (what == Reduction::sumOfSquares) {
                dx = multiply(context, affine(context, cast(context, x, DType::f32), 2), dy);
            } else { // 1 where x reaches the extreme
                const Tensor best = y.reshaped(kept), full = cast(context, x, DType::f32);
                const Tensor beyond = what == Reduction::maximum ? apply(context, Binary::less, full, best)
                                                                 : apply(context, Binary::less, best, full);
                dx = multiply(context, affine(context, beyond, -1, 1), dy);
            }
            return std::vector<Tensor>{cast(context, dx, x.type())};
        });
    return y;
}

Tensor mean(Context& context, const Tensor& x, const std::vector<int>& axes, bool keep) {
    std::int64_t count = 1;
    if (axes.empty()) count = x.count();
    for (const int axis : axes) count *= x.shape().at(axis);
    return affine(context, sum(context, x, axes, keep), 1 / double(count));
}

Tensor sumTo(Context& context, const Tensor& x, const Shape& shape) {
    if (x.shape() == shape) return x;
    const std::size_t extra = x.shape().rank() - shape.rank();
    std::vector<int> axes;
    for (std::size_t axis = 0; axis < x.shape().rank(); ++axis)
        if (axis < extra || (shape[axis - extra] == 1 && x.shape()[axis] != 1)) axes.push_back(int(axis));
    return axes.empty() ? x.reshaped(shape) : sum(context, x, axes, true).reshaped(shape);
}

} // namespace orrery::tensor
