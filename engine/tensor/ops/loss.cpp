// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/loss.h"

#include "engine/error.h"
#include "engine/tensor/ops/cast.h"
#include "engine/tensor/ops/elementwise.h"
#include "engine/tensor/ops/reduce.h"
#include "engine/tensor/tape.h"

#include <limits>

namespace orrery::tensor {

namespace {

struct Rows {
    std::int64_t rows = 0, size = 0;
    bool fours = false;
};

/// What the forward pass leaves for the gradient.
struct Kept {
    Tensor logits, targets;
    Tensor stats; ///< [rows, 2]: greatest element, sum of exponentials
    Tensor count; ///< of rows that were not ignored, at least 1; undefined where the host knows it
};

Rows requireRows(const Tensor& logits, const Tensor& targets) {
    (void)widest(logits.type(), logits.type(), "cross_entropy");
    const Shape& shape = logits.shape();
    const std::int64_t rows = rowsOf(logits, "cross_entropy");
    std::vector<std::int64_t> leading(shape.sizes().begin(), shape.sizes().end() - 1);
    if (targets.type() != DType::i32 || targets.shape() != Shape(leading))
        throw Error("cross_entropy: targets of " + std::string(toString(targets.type())) + " and shape " +
                    targets.shape().text() + " for logits of shape " + shape.text() + "; it takes i32 and " +
                    Shape(leading).text());
    if (shape.at(-1) == 0 && rows > 0) throw Error("cross_entropy: the logits of shape " + shape.text() + " name no class");
    return {rows, shape.at(-1), shape.at(-1) % 4 == 0};
}

Tensor gradient(Context& context, const Rows& r, const Kept& kept, const CrossEntropyOptions& options, const Tensor& dloss) {
    const bool mean = options.reduction == LossReduction::mean;
    const Tensor dx = context.empty(kept.logits.shape(), r.fours ? kept.logits.type() : DType::f32);
    Context::Launch launch = rowLaunch(context, "tensor/cross_entropy_backward", options.mapping, r.rows, r.size, r.fours);
    for (const bool constant : {options.ignore.has_value(), options.reduction == LossReduction::none, bool(kept.count)})
        launch.constants.push_back(constant);
    using gpu::Access, gpu::Element;
    launch.tensors = {kept.logits, kept.targets, kept.stats, dloss, kept.count ? kept.count : dloss, dx};
    launch.bindings = {rowInput("x", r.fours),
                       {"target", Access::read, Element::u32},
                       {"stats", Access::read, Element::f32},
                       {"dloss", Access::read, Element::f32},
                       {"count", Access::read, Element::f32},
                       {"dx", Access::write}};
    struct Push {
        std::uint32_t rows, size;
        std::int32_t ignored;
        float share;
    };
    context.run(launch, Push{std::uint32_t(r.rows), std::uint32_t(r.size), options.ignore.value_or(0),
                             mean && !kept.count ? float(1 / double(std::max<std::int64_t>(r.rows, 1))) : 1});
    return cast(context, dx, kept.logits.type());
}

} // namespace

Tensor crossEntropy(Context& context, const Tensor& input, const Tensor& targets, const CrossEntropyOptions& options) {
    const Tensor logits = context.admit("cross_entropy", input);
    const Rows r = requireRows(logits, targets);
    const bool mean = options.reduction == LossReduction::mean;
    Kept kept{logits, targets, context.empty({r.rows, 2}), {}};
    Tensor loss = context.empty({r.rows});
    {
        const Unrecorded inside(context);
        const Tensor counted = context.empty({r.rows});
        Context::Launch launch = rowLaunch(context, "tensor/cross_entropy", options.mapping, r.rows, r.size, r.fours);
        launch.constants.push_back(options.ignore.has_value());
        using gpu::Access, gpu::Element;
        launch.tensors = {logits, targets, loss, kept.stats, counted};
        launch.bindings = {rowInput("x", r.fours),
                           {"target", Access::read, Element::u32},
                           {"loss", Access::write},
                           {"stats", Access::write},
                           {"counted", Access::write}};
        struct Push {
            std::uint32_t rows, size;
            std::int32_t ignored;
        };
        context.run(launch, Push{std::uint32_t(r.rows), std::uint32_t(r.size), options.ignore.value_or(0)});
        if (mean && options.ignore)
            kept.count = apply(context, Unary::clamp, sum(context, counted), 1, std::numeric_limits<float>::max());
        if (options.reduction == LossReduction::none)
            loss = loss.reshaped(targets.shape());
        else
            loss = sum(context, loss);
        if (kept.count)
            loss = divide(context, loss, kept.count);
        else if (mean)
            loss = affine(context, loss, 1 / double(std::max<std::int64_t>(r.rows, 1)));
    }
    if (tracked(context, {logits}))
        context.tape->record("cross_entropy", {logits}, loss, [&context, r, kept, options](const Tensor& dloss) {
            return std::vector<Tensor>{gradient(context, r, kept, options, dloss)};
        });
    return loss;
}

Tensor meanSquaredError(Context& context, const Tensor& first, const Tensor& second) {
    if (first.shape() != second.shape())
        throw Error("squared_error: the shapes " + first.shape().text() + " and " + second.shape().text() + " differ");
    const auto taken = [&](const Tensor& x) { return cast(context, context.admit("squared_error", x), DType::f32); };
    const Tensor squares = reduce(context, Reduction::sumOfSquares, subtract(context, taken(first), taken(second)));
    return affine(context, squares, 1 / double(std::max<std::int64_t>(first.count(), 1)));
}

} // namespace orrery::tensor
