// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/quantise.h"

#include "engine/error.h"
#include "engine/tensor/tape.h"

#include <array>

namespace orrery::tensor {

std::uint32_t roundingCode(const Format& format) {
    if (format.bits() == fp16.bits() && format.exponentBits == fp16.exponentBits) return 1;
    if (format.bits() == bf16.bits() && format.exponentBits == bf16.exponentBits) return 2;
    if (format.bits() == e4m3.bits() && format.exponentBits == e4m3.exponentBits) return 3;
    if (format.bits() == e5m2.bits() && format.exponentBits == e5m2.exponentBits) return 4;
    throw Error(std::string("values cannot be rounded to ") + format.name + " here: fp16, bf16, fp8 e4m3 and e5m2 can");
}

Tensor quantise(Context& context, const Tensor& x, const Format& format, const RoundingNoise* noise) {
    if (x.type() != DType::f32) throw Error(std::string("quantise takes f32, not ") + toString(x.type()));
    const Tensor y = context.empty(x.shape());
    struct Push {
        std::array<std::uint32_t, 2> seed{};
        std::uint32_t count, step = 0, stream = 0;
    };
    Push push{{}, std::uint32_t((x.count() + 3) / 4)};
    if (noise)
        push.seed = {std::uint32_t(noise->seed), std::uint32_t(noise->seed >> 32)}, push.step = noise->step,
        push.stream = noise->stream;
    using gpu::Access, gpu::Element;
    context.run({.kernel = "tensor/quantise",
                 .tensors = {x, y},
                 .bindings = {{"x", Access::read, Element::vec4}, {"y", Access::write}},
                 .constants = {roundingCode(format), noise != nullptr},
                 .groups = stridedGrid(context, push.count)},
                push);
    if (tracked(context, {x}))
        context.tape->record("quantise", {x}, y, [&context, &format](const Tensor& dy) {
            return std::vector<Tensor>{quantise(context, dy, format)};
        });
    return y;
}

} // namespace orrery::tensor
