// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/norm.h"

#include "engine/error.h"
#include "engine/tensor/ops/cast.h"
#include "engine/tensor/ops/reduce.h"
#include "engine/tensor/tape.h"

namespace orrery::tensor {

namespace {

constexpr std::int64_t rowsInChunk = 64;

/// x as rows that are normalised, and whose weights are whose.
struct Plan {
    const char* op = "";
    std::int64_t rows = 0, size = 0;
    std::int64_t channels = 0;        ///< 0: a weight for each of `size` elements
    std::int64_t sets = 1, inner = 1; ///< with channels: rows that make all channels, elements of a channel
    bool centred = true;
    NormOptions options{};

    bool fours() const { return (channels > 0 ? inner : size) % 4 == 0; }
    std::int64_t weights() const { return channels > 0 ? channels : size; }
};

struct Push {
    std::uint32_t rows, size, sets, inner, length;
    float epsilon;
};

gpu::Binding weightInput(const char* name, const Plan& plan) { return rowInput(name, plan.fours() && plan.channels == 0); }

Context::Launch launch(const Context& context, const char* kernel, const Plan& plan, bool hasWeight, bool hasBias) {
    Context::Launch launch = rowLaunch(context, kernel, plan.options.mapping, plan.rows, plan.size, plan.fours());
    for (const bool constant : {plan.centred, plan.channels > 0, hasWeight, hasBias}) launch.constants.push_back(constant);
    return launch;
}

Push push(const Plan& plan) {
    return {std::uint32_t(plan.rows),  std::uint32_t(plan.size),   std::uint32_t(plan.sets),
            std::uint32_t(plan.inner), std::uint32_t(rowsInChunk), float(plan.options.epsilon)};
}

/// y and the mean and scale of each row.
std::pair<Tensor, Tensor> forward(Context& context, const Plan& plan, const Tensor& x, const Tensor& weight, const Tensor& bias) {
    const Unrecorded inside(context);
    const DType type = widest(x.type(), x.type(), plan.op);
    const Tensor y = context.empty(x.shape(), plan.fours() ? type : DType::f32), stats = context.empty({plan.rows, 2});
    Context::Launch l = launch(context, "tensor/norm", plan, bool(weight), bool(bias));
    l.tensors = {x, weight ? weight : x, bias ? bias : x, y, stats};
    l.bindings = {rowInput("x", plan.fours()),
                  weightInput("weight", plan),
                  weightInput("bias", plan),
                  {"y", gpu::Access::write},
                  {"stats", gpu::Access::write}};
    context.run(l, push(plan));
    return {cast(context, y, type), stats};
}

Tensor inputGradient(Context& context, const Plan& plan, const Tensor& x, const Tensor& dy, const Tensor& weight,
                     const Tensor& stats) {
    const Tensor dx = context.empty(x.shape(), plan.fours() ? x.type() : DType::f32);
    Context::Launch l = launch(context, "tensor/norm_backward", plan, bool(weight), false);
    l.tensors = {x, dy, weight ? weight : x, stats, dx};
    l.bindings = {rowInput("x", plan.fours()),
                  rowInput("dy", plan.fours()),
                  weightInput("weight", plan),
                  {"stats", gpu::Access::read, gpu::Element::f32},
                  {"dx", gpu::Access::write}};
    context.run(l, push(plan));
    return cast(context, dx, x.type());
}

/// Of weight and bias, in f32.
std::pair<Tensor, Tensor> weightGradients(Context& context, const Plan& plan, const Tensor& x, const Tensor& dy,
                                          const Tensor& stats) {
    if (x.count() == 0) return {context.zeros({plan.weights()}), context.zeros({plan.weights()})};
    Push p = push(plan);
    std::int64_t parts = (plan.rows + rowsInChunk - 1) / rowsInChunk;
    Context::Launch l = launch(context, "tensor/norm_weights", plan, false, false);
    if (plan.channels > 0) {
        const std::int64_t rows = plan.rows * plan.size / plan.inner;
        const Context::Launch byChannel = rowLaunch(context, l.kernel, plan.options.mapping, rows, plan.inner, plan.fours());
        l.local = byChannel.local, l.groups = byChannel.groups;
        p.rows = std::uint32_t(rows), p.size = std::uint32_t(plan.inner), p.inner = std::uint32_t(plan.size / plan.inner);
        parts = rows / plan.channels;
    } else { // neighbouring columns for neighbouring invocations on any device
        l.local = {64, 1, 1};
        l.groups = grid(std::uint64_t(parts * ((plan.size + 3) / 4)), 64);
        l.constants[1] = false;
    }
    const Tensor dweight = context.empty({parts, plan.weights()}), dbias = context.empty({parts, plan.weights()});
    l.tensors = {x, dy, stats, dweight, dbias};
    l.bindings = {rowInput("x", plan.fours()),
                  rowInput("dy", plan.fours()),
                  {"stats", gpu::Access::read, gpu::Element::f32},
                  {"dweight", gpu::Access::write},
                  {"dbias", gpu::Access::write}};
    context.run(l, p);
    return {sum(context, dweight, {0}), sum(context, dbias, {0})};
}

void requireWeight(const Plan& plan, const Tensor& x, const Tensor& weight, const char* what) {
    if (!weight) return;
    (void)widest(weight.type(), weight.type(), plan.op);
    if (weight.shape().rank() != 1 || weight.count() != plan.weights())
        throw Error(std::string(plan.op) + ": a " + what + " of shape " + weight.shape().text() + " for a tensor of shape " +
                    x.shape().text() + "; it takes " + std::to_string(plan.weights()));
}

Tensor normalised(Context& context, const Plan& plan, const Tensor& x, const Tensor& weight, const Tensor& bias) {
    requireWeight(plan, x, weight, "weight");
    requireWeight(plan, x, bias, "bias");
    const auto result = forward(context, plan, x, weight, bias);
    const Tensor &y = result.first, &stats = result.second;
    if (tracked(context, {x, weight, bias}))
        context.tape->record(plan.op, {x, weight, bias}, y,
                             [&context, plan, x, weight, bias, stats, tape = context.tape](const Tensor& dy) {
                                 Tensor dx, dweight, dbias;
                                 if (tape->tracks(x)) dx = inputGradient(context, plan, x, dy, weight, stats);
                                 if (tape->tracks(weight) || tape->tracks(bias)) {
                                     const auto [w, b] = weightGradients(context, plan, x, dy, stats);
                                     if (tape->tracks(weight)) dweight = cast(context, w, weight.type());
                                     if (tape->tracks(bias)) dbias = cast(context, b, bias.type());
                                 }
                                 return std::vector<Tensor>{dx, dweight, dbias};
                             });
    return y;
}

} // namespace

Tensor layerNorm(Context& context, const Tensor& input, const Tensor& weight, const Tensor& bias, const NormOptions& options) {
    const Tensor x = context.admit("layer_norm", input);
    const Plan plan{.op = "layer_norm", .rows = rowsOf(x, "layer_norm"), .size = x.shape().at(-1), .options = options};
    return normalised(context, plan, x, context.admit(plan.op, weight), context.admit(plan.op, bias));
}

Tensor rmsNorm(Context& context, const Tensor& input, const Tensor& weight, const NormOptions& options) {
    const Tensor x = context.admit("rms_norm", input);
    const Plan plan{
        .op = "rms_norm", .rows = rowsOf(x, "rms_norm"), .size = x.shape().at(-1), .centred = false, .options = options};
    return normalised(context, plan, x, context.admit(plan.op, weight), {});
}

Tensor groupNorm(Context& context, const Tensor& input, std::int64_t groups, const Tensor& weight, const Tensor& bias,
                 const NormOptions& options) {
    const Tensor x = context.admit("group_norm", input);
    const Shape& shape = x.shape();
    if (shape.rank() < 2 || groups < 1 || shape[1] % groups != 0)
        throw Error("group_norm: " + std::to_string(groups) + " groups for a tensor of shape " + shape.text() +
                    "; they must divide its second axis, the channels");
    const std::int64_t inner = shape.product(2, shape.rank());
    const Plan plan{.op = "group_norm",
                    .rows = shape[0] * groups,
                    .size = shape[1] / groups * inner,
                    .channels = shape[1],
                    .sets = groups,
                    .inner = inner,
                    .options = options};
    return normalised(context, plan, x, context.admit(plan.op, weight), context.admit(plan.op, bias));
}

} // namespace orrery::tensor
