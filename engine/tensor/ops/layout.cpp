// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/layout.h"

#include "engine/error.h"
#include "engine/tensor/ops/cast.h"
#include "engine/tensor/ops/layout_host.h"
#include "engine/tensor/ops/reduce.h"
#include "engine/tensor/tape.h"

#include <algorithm>
#include <array>

namespace orrery::tensor {

namespace {

/// Elements from which the host is faster even when the device has to be waited for first.
constexpr std::uint32_t largeForHost = 1 << 17;

/// How the axes of the result lie in x; at most Shape::mostAxes of them.
struct Gather {
    Shape shape{};                      ///< of the result
    std::vector<std::int64_t> stride{}; ///< in x, in elements, per axis of the result
    std::vector<std::int64_t> low{};    ///< zeros before x begins, per axis
    std::vector<std::int64_t> high{};   ///< size of x on that axis
    std::int64_t base = 0;
};

Tensor gather(Context& context, const Tensor& x, const Gather& how) {
    if (x.type() == DType::f16) return cast(context, gather(context, cast(context, x, DType::f32), how), DType::f16);
    if (x.type() == DType::u8) throw Error("a u8 tensor cannot be laid out anew; cast it first");
    const Tensor y = context.empty(how.shape, x.type());
    if (x.count() == 0) return context.zeros(how.shape, x.type());
    struct Push {
        std::uint32_t count;
        std::int32_t base;
        std::array<std::int32_t, 6> size, stride, low, high;
    };
    Push push{std::uint32_t(how.shape.count()), std::int32_t(how.base), {}, {}, {}, {}};
    push.size.fill(1), push.stride.fill(0), push.low.fill(0), push.high.fill(1);
    const std::size_t rank = how.shape.rank(), skip = Shape::mostAxes - rank;
    for (std::size_t axis = 0; axis < rank; ++axis) {
        push.size[skip + axis] = std::int32_t(how.shape[axis]);
        push.stride[skip + axis] = std::int32_t(how.stride[axis]);
        push.low[skip + axis] = how.low.empty() ? 0 : std::int32_t(how.low[axis]);
        push.high[skip + axis] = how.high.empty() ? std::int32_t(how.shape[axis]) : std::int32_t(how.high[axis]);
    }
    if (context.hostProducts() && (context.products() == Products::host || push.count >= largeForHost)) {
        context.onHost(
            [&] {
                host::gather({how.base, push.size, push.stride, push.low, push.high},
                             static_cast<const std::uint32_t*>(context.hostData(x)),
                             static_cast<std::uint32_t*>(context.hostData(y)));
            },
            "host layout");
        return y;
    }
    using gpu::Access, gpu::Element;
    context.run({.kernel = "tensor/layout",
                 .tensors = {x, y},
                 .bindings = {{"x", Access::read, Element::u32}, {"y", Access::write}},
                 .groups = stridedGrid(context, push.count)},
                push);
    return y;
}

/// A gather whose gradient is another function of the result's.
Tensor noted(Context& context, const char* op, const Tensor& x, const Gather& how, Tape::Backward backward) {
    Tensor y;
    {
        const Unrecorded inside(context); // casts of f16
        y = gather(context, x, how);
    }
    if (tracked(context, {x})) context.tape->record(op, {x}, y, std::move(backward));
    return y;
}

} // namespace

Tensor reshape(Context& context, const Tensor& x, std::vector<std::int64_t> sizes) {
    std::int64_t known = 1, open = -1;
    for (std::size_t i = 0; i < sizes.size(); ++i)
        if (sizes[i] == -1 && open < 0)
            open = std::int64_t(i);
        else
            known *= sizes[i];
    if (open >= 0) sizes[std::size_t(open)] = known > 0 ? x.count() / known : 0;
    const Shape shape(std::move(sizes));
    if (shape == x.shape()) return x;
    const Tensor y = x.reshaped(shape);
    if (tracked(context, {x}))
        context.tape->record("reshape", {x}, y,
                             [from = x.shape()](const Tensor& dy) { return std::vector<Tensor>{dy.reshaped(from)}; });
    return y;
}

Tensor permute(Context& context, const Tensor& x, const std::vector<int>& order) {
    const Shape& from = x.shape();
    std::vector<std::int64_t> sizes, strides;
    std::vector<int> back(from.rank(), -1);
    for (const int which : order) {
        const std::size_t axis = from.axis(which);
        back[axis] = int(sizes.size());
        sizes.push_back(from[axis]);
        strides.push_back(from.strides()[axis]);
    }
    if (order.size() != from.rank() || std::ranges::find(back, -1) != back.end())
        throw Error("permute: the order does not name each axis of " + from.text() + " once");
    return noted(context, "permute", x, {.shape = Shape(sizes), .stride = strides},
                 [&context, back](const Tensor& dy) { return std::vector<Tensor>{permute(context, dy, back)}; });
}

Tensor transpose(Context& context, const Tensor& x, int a, int b) {
    std::vector<int> order(x.shape().rank());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = int(i);
    std::swap(order[x.shape().axis(a)], order[x.shape().axis(b)]);
    return permute(context, x, order);
}

Tensor pad(Context& context, const Tensor& x, int which, std::int64_t before, std::int64_t after) {
    const Shape& from = x.shape();
    const std::size_t axis = from.axis(which);
    if (before == 0 && after == 0) return x;
    const std::int64_t size = from[axis] + before + after;
    if (size < 0 || before < -from[axis] || after < -from[axis])
        throw Error("axis " + std::to_string(which) + " of " + from.text() + " cannot be cut by " + std::to_string(-before) +
                    " and " + std::to_string(-after));
    Gather how{.shape = from.with(int(axis), size), .stride = from.strides(), .high = from.sizes()};
    how.low.assign(from.rank(), 0);
    how.low[axis] = before;
    return noted(context, "pad", x, how, [&context, which, before, after](const Tensor& dy) {
        return std::vector<Tensor>{pad(context, dy, which, -before, -after)};
    });
}

Tensor slice(Context& context, const Tensor& x, int which, std::int64_t from, std::int64_t size) {
    const std::int64_t whole = x.shape().at(which);
    if (from < 0 || size < 0 || from + size > whole)
        throw Error("elements " + std::to_string(from) + " to " + std::to_string(from + size) + " of axis " +
                    std::to_string(which) + " are not in the shape " + x.shape().text());
    return pad(context, x, which, -from, from + size - whole);
}

Tensor concat(Context& context, const std::vector<Tensor>& parts, int which) {
    if (parts.empty()) throw Error("concat: nothing to put together");
    const Shape& first = parts.front().shape();
    std::int64_t size = 0;
    DType type = parts.front().type();
    for (const Tensor& part : parts) {
        if (part.shape().rank() != first.rank() || part.shape().with(which, 0) != first.with(which, 0))
            throw Error("concat: the shapes " + first.text() + " and " + part.shape().text() + " do not fit together");
        if (part.type() != type) type = widest(type, part.type(), "concat");
        size += part.shape().at(which);
    }
    const std::size_t axis = first.axis(which);
    const Shape shape = first.with(which, size);
    std::vector<Tensor> sources;
    for (const Tensor& part : parts) sources.push_back(cast(context, part, type));
    // Rows of every part are runs of the result: copies, one for each row before the axis, unless there are very many.
    const std::int64_t outer = first.product(0, axis), inner = first.product(axis + 1, first.rank());
    const auto unit = std::int64_t(bytesOf(type));
    bool runs = outer * std::int64_t(parts.size()) <= 64;
    for (const Tensor& part : sources) runs = runs && part.shape().at(which) * inner * unit % 4 == 0;
    Tensor y;
    if (runs) {
        y = context.empty(shape, type);
        std::int64_t at = 0;
        for (const Tensor& part : sources) {
            const std::int64_t run = part.shape().at(which) * inner * unit, row = size * inner * unit;
            for (std::int64_t i = 0; i < outer && run > 0; ++i)
                context.recorder().copy({part.buffer(), std::uint64_t(i * run), std::uint64_t(run)},
                                        {y.buffer(), std::uint64_t(i * row + at), std::uint64_t(run)});
            at += run;
        }
    } else { // bring the axis to the front, where a part is one run
        const Unrecorded inside(context);
        std::vector<Tensor> turned;
        for (const Tensor& part : sources)
            turned.push_back(transpose(context, cast(context, part, type == DType::f16 ? DType::f32 : type), 0, which));
        y = cast(context, transpose(context, concat(context, turned, 0), 0, which), type);
    }
    if (context.tape && std::ranges::any_of(sources, [&](const Tensor& t) { return context.tape->tracks(t); }))
        context.tape->record("concat", sources, y, [&context, sources, which](const Tensor& dy) {
            std::vector<Tensor> back;
            std::int64_t at = 0;
            for (const Tensor& part : sources) {
                const std::int64_t size = part.shape().at(which);
                back.push_back(slice(context, dy, which, at, size));
                at += size;
            }
            return back;
        });
    return y;
}

Tensor broadcastTo(Context& context, const Tensor& x, const Shape& shape) {
    const Shape& from = x.shape();
    if (from == shape) return x;
    if (broadcast(from, shape, "broadcast") != shape)
        throw Error("the shape " + from.text() + " cannot be spread to " + shape.text());
    const std::size_t extra = shape.rank() - from.rank();
    std::vector<std::int64_t> strides(shape.rank(), 0);
    for (std::size_t axis = 0; axis < from.rank(); ++axis)
        if (from[axis] != 1) strides[extra + axis] = from.strides()[axis];
    return noted(context, "broadcast", x, {.shape = shape, .stride = strides}, [&context, x](const Tensor& dy) {
        return std::vector<Tensor>{cast(context, sumTo(context, dy, x.shape()), x.type())};
    });
}

} // namespace orrery::tensor
