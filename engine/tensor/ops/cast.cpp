// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/cast.h"

#include "engine/error.h"
#include "engine/tensor/ops/elementwise.h"
#include "engine/tensor/tape.h"

namespace orrery::tensor {

namespace {

bool floating(DType type) { return type == DType::f32 || type == DType::f16; }

Tensor convert(Context& context, const Tensor& x, DType type) {
    if (floating(x.type()) && floating(type)) return converted(context, x, type);
    const bool toInt = type == DType::i32 && x.type() == DType::f32, toFloat = type == DType::f32;
    if (!toInt && !toFloat)
        throw Error(std::string("no cast from ") + toString(x.type()) + " to " + toString(type) + "; go by f32");
    using gpu::Access, gpu::Element;
    const Tensor y = context.empty(x.shape(), type);
    const auto groups = std::uint32_t((x.count() + 3) / 4);
    context.run({.kernel = "tensor/cast",
                 .tensors = {x, y},
                 .bindings = {{"x", Access::read, Element::u32}, {"y", Access::write}},
                 .constants = {toInt                   ? 2u
                               : x.type() == DType::u8 ? 1u
                                                       : 0u},
                 .groups = grid(groups, 64)},
                groups);
    return y;
}

} // namespace

Tensor cast(Context& context, const Tensor& x, DType type) {
    if (!x || x.type() == type) return x;
    const Tensor y = convert(context, x, type);
    if (floating(x.type()) && floating(type) && tracked(context, {x}))
        context.tape->record("cast", {x}, y, [&context, from = x.type()](const Tensor& dy) {
            return std::vector<Tensor>{cast(context, dy, from)};
        });
    return y;
}

} // namespace orrery::tensor
