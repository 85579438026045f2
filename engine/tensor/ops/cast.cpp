// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/cast.h"

#include "engine/error.h"
#include "engine/tensor/ops/elementwise.h"
#include "engine/tensor/tape.h"

namespace orrery::tensor {

namespace {

bool floating(DType type) { return type == DType::f32 || type == DType::f16; }

Tensor convert(Context& context, const Tensor& x, DType type) {
    using gpu::Access, gpu::Element;
    const Tensor y = context.empty(x.shape(), type);
    const auto groups = std::uint32_t((x.count() + 3) / 4);
    if (floating(x.type()) && floating(type)) {
        struct Push {
            std::uint32_t count, periodA = 1, periodB = 1;
            float p = 1, q = 0;
        };
        context.run({.kernel = "tensor/elementwise",
                     .tensors = {x, x, y},
                     .bindings = {{"a", Access::read, Element::vec4}, {"b", Access::read, Element::vec4}, {"y", Access::write}},
                     .constants = {std::uint32_t(Unary::clamp) + 1, 0, 0}, // the identity
                     .groups = {std::min<std::uint64_t>((groups + 63) / 64, context.device().isCpu() ? 256 : 16384), 1, 1}},
                    Push{groups});
        return y;
    }
    const bool toInt = type == DType::i32 && x.type() == DType::f32, toFloat = type == DType::f32;
    if (!toInt && !toFloat)
        throw Error(std::string("no cast from ") + toString(x.type()) + " to " + toString(type) + "; go by f32");
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
