// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/matmul.h"

#include "engine/error.h"
#include "engine/tensor/host_epilogue.h"
#include "engine/tensor/host_math.h"
#include "engine/tensor/ops/cast.h"
#include "engine/tensor/ops/layout.h"
#include "engine/tensor/ops/matmul_plan.h"
#include "engine/tensor/ops/reduce.h"
#include "engine/tensor/tape.h"

namespace orrery::tensor {

namespace {

/// Multiply-adds from which BLAS is faster even when the device has to be waited for first (some 0.1 ms on two cores).
constexpr double largeForHost = 4e6;

Shape leading(const Shape& shape) { return Shape(std::vector<std::int64_t>(shape.sizes().begin(), shape.sizes().end() - 2)); }

Tensor stacked(Context& context, const Tensor& x, const Shape& lead) {
    const Shape own = leading(x.shape());
    const std::int64_t rows = x.shape().at(-2), columns = x.shape().at(-1);
    if (own.count() == 1) return x.reshaped({1, rows, columns});
    std::vector<std::int64_t> whole = lead.sizes();
    whole.push_back(rows), whole.push_back(columns);
    return broadcastTo(context, x, Shape(whole)).reshaped({lead.count(), rows, columns});
}

MatmulPlan planOf(Context& context, const Tensor& a, const Tensor& b, const MatmulOptions& o) {
    const Shape &p = a.shape(), &q = b.shape();
    const auto complain = [&] {
        const auto text = [](const Shape& s, bool t) { return s.text() + (t ? " transposed" : ""); };
        throw Error("matmul: the shapes " + text(p, o.transposeA) + " and " + text(q, o.transposeB) + " do not fit together");
    };
    if (p.rank() < 2 || q.rank() < 2) complain();
    MatmulPlan plan;
    plan.M = p.at(o.transposeA ? -1 : -2), plan.K = p.at(o.transposeA ? -2 : -1), plan.N = q.at(o.transposeB ? -2 : -1);
    if (plan.K != q.at(o.transposeB ? -1 : -2)) complain();
    const Shape lead = broadcast(leading(p), leading(q), "matmul");
    std::vector<std::int64_t> sizes = lead.sizes();
    sizes.push_back(plan.M), sizes.push_back(plan.N);
    plan.shape = Shape(sizes);
    if (!o.transposeA && leading(q).count() == 1) { // one matrix for all rows: a single, taller product
        plan.M *= lead.count();
        plan.a = a.reshaped({1, plan.M, plan.K});
        plan.b = b.reshaped({1, q.at(-2), q.at(-1)});
        return plan;
    }
    plan.batch = lead.count();
    plan.a = stacked(context, a, lead), plan.b = stacked(context, b, lead);
    return plan;
}

Tensor onHost(Context& context, const MatmulPlan& plan, const MatmulOptions& o, DType type) {
    const Tensor a = cast(context, plan.a, DType::f32), b = cast(context, plan.b, DType::f32);
    const Tensor bias = cast(context, o.bias, DType::f32);
    const bool fused = !o.activation || host::knows(*o.activation);
    Tensor c = context.empty({plan.batch, plan.M, plan.N});
    context.onHost(
        [&] {
            const auto* pa = static_cast<const float*>(context.hostData(a));
            const auto* pb = static_cast<const float*>(context.hostData(b));
            auto* pc = static_cast<float*>(context.hostData(c));
            const std::int64_t stepA = a.shape()[0] > 1 ? plan.M * plan.K : 0, stepB = b.shape()[0] > 1 ? plan.K * plan.N : 0;
            for (std::int64_t i = 0; i < plan.batch; ++i)
                host::multiply({plan.M, plan.N, plan.K, o.transposeA, o.transposeB, pa + i * stepA, pb + i * stepB,
                                pc + i * plan.M * plan.N});
            host::epilogue(pc, plan.batch * plan.M, plan.N, bias ? static_cast<const float*>(context.hostData(bias)) : nullptr,
                           fused ? o.activation : std::nullopt);
        },
        "host matmul", plan.flops());
    if (!fused) c = apply(context, *o.activation, c);
    return cast(context, c, type);
}

bool forHost(const Context& context, const MatmulPlan& plan, const MatmulOptions& o) {
    if (!context.hostProducts() || o.kernel != MatmulKernel::automatic) return false;
    return context.products() == Products::host ||
           double(plan.batch) * double(plan.M) * double(plan.N) * double(plan.K) >= largeForHost;
}

} // namespace

Tensor matmul(Context& context, const Tensor& first, const Tensor& second, const MatmulOptions& options) {
    const Tensor a = context.admit("matmul", first), b = context.admit("matmul", second);
    const DType wide = widest(a.type(), b.type(), "matmul"), type = options.type.value_or(wide);
    if (options.bias && options.bias.count() != b.shape().at(options.transposeB ? -2 : -1))
        throw Error("matmul: a bias of shape " + options.bias.shape().text() + " for a matrix of shape " + b.shape().text());
    const bool listens = tracked(context, {a, b, options.bias});
    if (listens && (options.bias || options.activation)) { // the parts, each of which knows its gradient
        MatmulOptions plain = options;
        plain.bias = {}, plain.activation.reset();
        Tensor c = matmul(context, a, b, plain);
        if (options.bias) c = cast(context, add(context, c, options.bias), type);
        return options.activation ? apply(context, *options.activation, c) : c;
    }
    Tensor c;
    {
        const Unrecorded inside(context);
        const MatmulPlan plan = planOf(context, a, b, options);
        if (plan.shape.count() == 0 || plan.K == 0) {
            c = context.zeros(plan.shape, type);
            if (options.bias) c = cast(context, add(context, c, options.bias), type);
            if (options.activation) c = apply(context, *options.activation, c);
        } else {
            c = (forHost(context, plan, options) ? onHost : matmulOnDevice)(context, plan, options, type).reshaped(plan.shape);
        }
    }
    if (listens)
        context.tape->record("matmul", {a, b}, c, [&context, a, b, options, tape = context.tape](const Tensor& dc) {
            const bool ta = options.transposeA, tb = options.transposeB;
            const auto product = [&](const Tensor& x, bool tx, const Tensor& y, bool ty, DType type) {
                return matmul(context, x, y, {.transposeA = tx, .transposeB = ty, .type = type, .kernel = options.kernel});
            };
            // Of a matrix that serves a whole batch: its gradient is the sum over the batch.
            const auto back = [&](const Tensor& gradient, const Tensor& x) {
                return cast(context, sumTo(context, gradient, x.shape()), x.type());
            };
            const auto shared = [&](const Tensor& x) { return leading(x.shape()).count() == 1; };
            Tensor da, db;
            if (tape->tracks(a)) da = ta ? product(b, tb, dc, true, DType::f32) : product(dc, false, b, !tb, DType::f32);
            if (tape->tracks(b)) {
                const std::int64_t rows = dc.count() / std::max<std::int64_t>(1, dc.shape().at(-1));
                if (shared(b) && !ta && !shared(a)) { // all rows of the batch at once
                    const Tensor flatA = a.reshaped({rows, a.shape().at(-1)}), flatC = dc.reshaped({rows, dc.shape().at(-1)});
                    db = tb ? product(flatC, true, flatA, false, DType::f32) : product(flatA, true, flatC, false, DType::f32);
                    db = db.reshaped(b.shape());
                } else {
                    db = tb ? product(dc, true, a, ta, DType::f32) : product(a, !ta, dc, false, DType::f32);
                }
            }
            return std::vector<Tensor>{da ? back(da, a) : Tensor{}, db ? back(db, b) : Tensor{}};
        });
    return c;
}

} // namespace orrery::tensor
