// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/resize.h"

#include "engine/error.h"
#include "engine/tensor/ops/cast.h"
#include "engine/tensor/tape.h"

namespace orrery::tensor {

namespace {

enum class Mode : std::uint32_t { forward, gradientAlongY, gradientAlongX }; // numbers of the shader

/// From planes of x's last two axes to those of `shape`.
Tensor resample(Context& context, const Tensor& x, const Shape& shape, DType type, bool alignCorners, Mode mode) {
    const std::int64_t height = shape.at(-2), width = shape.at(-1), blocks = (width + 3) / 4;
    const bool whole = width % 4 == 0; // single elements can be written in f32 only
    const Tensor y = context.empty(shape, whole ? type : DType::f32);
    const std::int64_t lines = shape.product(0, shape.rank() - 1) * blocks;
    struct Push {
        std::uint32_t lines;
        std::int32_t inH, inW, outH, outW;
        std::uint32_t blocks;
    };
    using gpu::Access, gpu::Element;
    context.run({.kernel = "tensor/resize",
                 .tensors = {x, y},
                 .bindings = {{"x", Access::read, Element::f32}, {"y", Access::write}},
                 .constants = {std::uint32_t(mode), alignCorners, whole},
                 .groups = grid(std::uint64_t(lines), 64)},
                Push{std::uint32_t(lines), std::int32_t(x.shape().at(-2)), std::int32_t(x.shape().at(-1)), std::int32_t(height),
                     std::int32_t(width), std::uint32_t(blocks)});
    return cast(context, y, type);
}

Tensor gradient(Context& context, const Tensor& dy, const Shape& shape, bool alignCorners) {
    if (dy.count() == 0) return context.zeros(shape, dy.type());
    const Shape tall = dy.shape().with(-2, shape.at(-2));
    const Tensor rows = resample(context, dy, tall, DType::f32, alignCorners, Mode::gradientAlongY);
    return resample(context, rows, shape, dy.type(), alignCorners, Mode::gradientAlongX);
}

} // namespace

Tensor resize(Context& context, const Tensor& image, std::int64_t height, std::int64_t width, bool alignCorners) {
    const Tensor x = context.admit("resize", image);
    (void)widest(x.type(), x.type(), "resize");
    const Shape& from = x.shape();
    const auto complain = [&](const std::string& why) {
        throw Error("resize: " + from.text() + " to images of " + Shape{height, width}.text() + ": " + why);
    };
    if (height < 0 || width < 0) throw Error("resize: an image of negative size");
    if (from.rank() < 2) complain("an image has two axes");
    const Shape shape = from.with(-2, height).with(-1, width);
    constexpr std::int64_t most = std::int64_t(1) << 31;
    if ((2 * height + 1) * from.at(-2) >= most || (2 * width + 1) * from.at(-1) >= most)
        complain("too large; places are counted in 31 bits");
    if (shape.count() > 0 && from.product(from.rank() - 2, from.rank()) == 0) complain("the image is empty");
    Tensor y;
    {
        const Unrecorded inside(context); // casts of f16
        y = shape.count() == 0 ? context.empty(shape, x.type())
                               : resample(context, x, shape, x.type(), alignCorners, Mode::forward);
    }
    if (tracked(context, {x}))
        context.tape->record("resize", {x}, y, [&context, from, alignCorners](const Tensor& dy) {
            return std::vector<Tensor>{gradient(context, dy, from, alignCorners)};
        });
    return y;
}

} // namespace orrery::tensor
