// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/rotary.h"

#include "engine/error.h"
#include "engine/tensor/ops/cast.h"
#include "engine/tensor/tape.h"

#include <cmath>
#include <numbers>

namespace orrery::tensor {

namespace {

struct Plan {
    std::int64_t rows = 0, size = 0, turned = 0;
    std::int64_t inner = 1, length = 1; ///< row / inner % length is the position's place
    std::int64_t outer = 0;             ///< rows that share a list of positions; 0: all
};

Plan plan(const Tensor& x, const RotaryOptions& o) {
    const Shape& shape = x.shape();
    const auto complain = [&](const std::string& why) {
        throw Error("rotary: " + why + " for a tensor of shape " + shape.text());
    };
    if (shape.rank() < 2) complain("positions along an axis and features along the last are needed");
    const std::size_t axis = shape.axis(o.axis), last = shape.rank() - 1;
    if (axis == last) complain("the last axis holds features, not positions");
    Plan p{.rows = rowsOf(x, "rotary"), .size = shape.at(-1)};
    p.turned = o.turned == 0 ? p.size : o.turned;
    if (p.turned < 0 || p.turned % 2 != 0 || p.turned > p.size) complain(std::to_string(p.turned) + " turned features");
    p.inner = shape.product(axis + 1, last), p.length = shape[axis];
    if (o.positions) {
        const Shape& own = o.positions.shape();
        const bool all = own == Shape{p.length}, each = axis > 0 && own == Shape{shape[0], p.length};
        if (o.positions.type() != DType::i32 || (!all && !each))
            complain("positions of " + std::string(toString(o.positions.type())) + " and shape " + own.text());
        if (each) p.outer = shape.product(1, last);
    }
    return p;
}

Tensor turn(Context& context, const Plan& p, const Tensor& x, const Tensor& frequencies, const RotaryOptions& o,
            float direction) {
    const Unrecorded inside(context);
    const bool split = o.pairs == RotaryPairs::halves, fours = p.size % 4 == 0 && (!split || p.turned % 8 == 0);
    const DType type = widest(x.type(), x.type(), "rotary");
    const Tensor y = context.empty(x.shape(), fours ? type : DType::f32);
    Context::Launch launch = rowLaunch(context, "tensor/rotary", o.mapping, p.rows, p.size, fours);
    for (const bool constant : {split, bool(o.positions)}) launch.constants.push_back(constant);
    using gpu::Access, gpu::Element;
    launch.tensors = {x, frequencies, o.positions ? o.positions : frequencies, y};
    launch.bindings = {rowInput("x", fours),
                       {"frequency", Access::read, Element::u32},
                       {"position", Access::read, Element::u32},
                       {"y", Access::write}};
    struct Push {
        std::uint32_t rows, size, turned, inner, length, outer;
        std::int32_t offset;
        float direction;
    };
    context.run(launch, Push{std::uint32_t(p.rows), std::uint32_t(p.size), std::uint32_t(p.turned), std::uint32_t(p.inner),
                             std::uint32_t(p.length), std::uint32_t(p.outer), o.offset, direction});
    return cast(context, y, type);
}

} // namespace

Tensor rotaryFrequencies(Context& context, std::int64_t turned, double base) {
    std::vector<std::int32_t> words;
    for (std::int64_t i = 0; i < turned / 2; ++i) {
        const double turns = std::pow(base, -2 * double(i) / double(turned)) / (2 * std::numbers::pi);
        if (!(turns < 1)) throw Error("rotary: the base " + std::to_string(base) + " makes more than a turn per position");
        const auto fixed = std::uint64_t(turns * 0x1p64);
        words.push_back(std::int32_t(std::uint32_t(fixed >> 32)));
        words.push_back(std::int32_t(std::uint32_t(fixed)));
    }
    return context.upload({turned / 2, 2}, std::span<const std::int32_t>(words));
}

Tensor rotary(Context& context, const Tensor& input, const RotaryOptions& options) {
    const Tensor x = context.admit("rotary", input);
    const Plan p = plan(x, options);
    const Tensor frequencies = options.frequencies ? options.frequencies : rotaryFrequencies(context, p.turned, options.base);
    if (frequencies.type() != DType::i32 || frequencies.count() != p.turned)
        throw Error("rotary: frequencies of shape " + frequencies.shape().text() + " for " + std::to_string(p.turned) +
                    " turned features of a tensor of shape " + x.shape().text());
    const Tensor y = turn(context, p, x, frequencies, options, 1);
    if (tracked(context, {x}))
        context.tape->record("rotary", {x}, y, [&context, p, frequencies, options](const Tensor& dy) {
            return std::vector<Tensor>{turn(context, p, dy, frequencies, options, -1)};
        });
    return y;
}

} // namespace orrery::tensor
