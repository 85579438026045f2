// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/softmax.h"

#include "engine/tensor/ops/cast.h"
#include "engine/tensor/tape.h"

namespace orrery::tensor {

namespace {

struct Push {
    std::uint32_t rows, size;
};

Tensor run(Context& context, const char* op, bool logarithm, const Tensor& input, const SoftmaxOptions& options) {
    const Tensor x = context.admit(op, input);
    (void)widest(x.type(), x.type(), op);
    const std::int64_t rows = rowsOf(x, op), size = x.shape().at(-1);
    const bool fours = size % 4 == 0;
    const Push push{std::uint32_t(rows), std::uint32_t(size)};
    const Tensor y = context.empty(x.shape());
    Context::Launch launch = rowLaunch(context, "tensor/softmax", options.mapping, rows, size, fours);
    launch.constants.push_back(logarithm);
    launch.tensors = {x, y};
    launch.bindings = {rowInput("x", fours), {"y", gpu::Access::write}};
    context.run(launch, push);
    if (tracked(context, {x}))
        context.tape->record(op, {x}, y, [=, &context, type = x.type()](const Tensor& dy) {
            const Tensor dx = context.empty(y.shape(), fours ? type : DType::f32);
            Context::Launch back = launch;
            back.kernel = "tensor/softmax_backward";
            back.tensors = {y, dy, dx};
            back.bindings = {rowInput("y", fours), rowInput("dy", fours), {"dx", gpu::Access::write}};
            context.run(back, push);
            return std::vector<Tensor>{cast(context, dx, type)};
        });
    return y;
}

} // namespace

Tensor softmax(Context& context, const Tensor& x, const SoftmaxOptions& options) {
    return run(context, "softmax", false, x, options);
}

Tensor logSoftmax(Context& context, const Tensor& x, const SoftmaxOptions& options) {
    return run(context, "log_softmax", true, x, options);
}

} // namespace orrery::tensor
