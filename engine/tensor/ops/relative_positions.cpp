// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/error.h"
#include "engine/tensor/host_math.h"
#include "engine/tensor/host_threads.h"
#include "engine/tensor/ops/attention_plan.h"
#include "engine/tensor/ops/cast.h"
#include "engine/tensor/ops/layout.h"
#include "engine/tensor/ops/matmul.h"
#include "engine/tensor/tape.h"

namespace orrery::tensor {

namespace {

/// One axis by other ops, which know their gradients: queries by their place on this axis, times the rows of that place.
/// q [B, Qh, Qw, heads, D].
Tensor byProduct(Context& context, const Tensor& q, const Tensor& table, bool vertical) {
    const Shape& s = q.shape();
    const std::int64_t places = vertical ? s[1] : s[2], others = vertical ? s[2] : s[1], wide = table.shape()[1];
    const Tensor turned = permute(context, q, vertical ? std::vector{1, 0, 3, 2, 4} : std::vector{2, 0, 3, 1, 4});
    const Tensor product =
        matmul(context, reshape(context, turned, {places, s[0] * s[3] * others, s[4]}), table, {.transposeB = true});
    const Tensor apart = reshape(context, product, {places, s[0], s[3], others, wide});
    const Tensor back = permute(context, apart, vertical ? std::vector{1, 2, 0, 3, 4} : std::vector{1, 2, 3, 0, 4});
    return reshape(context, back, {s[0], s[3], s[1] * s[2], wide});
}

/// By BLAS where the queries lie, without copies.
RelativePositions onHost(Context& context, const AttentionPlan& p, const Tensor& tableH, const Tensor& tableW) {
    const std::int64_t Qh = tableH.shape()[0], Kh = tableH.shape()[1], Qw = tableW.shape()[0], Kw = tableW.shape()[1];
    const RelativePositions to{context.empty({p.batch, p.heads, p.queries, Kh}),
                               context.empty({p.batch, p.heads, p.queries, Kw})};
    context.onHost([&] {
        const auto data = [&](const Tensor& t) { return static_cast<float*>(context.hostData(t)); };
        const float *q = data(p.q.tensor), *h = data(tableH), *w = data(tableW);
        float *relH = data(to.relH), *relW = data(to.relW);
        const host::OneThread inBlas;
        host::parallel(p.batch * p.heads, [&](std::int64_t task, int) {
            const float* from = q + task / p.heads * p.q.batch + task % p.heads * p.q.head;
            const std::int64_t row = task * p.queries, step = p.q.token;
            for (std::int64_t y = 0; y < Qh; ++y)
                host::multiply({.M = Qw,
                                .N = Kh,
                                .K = p.size,
                                .transposeB = true,
                                .a = from + y * Qw * step,
                                .b = h + y * Kh * p.size,
                                .c = relH + (row + y * Qw) * Kh,
                                .lda = step});
            for (std::int64_t x = 0; x < Qw; ++x)
                host::multiply({.M = Qh,
                                .N = Kw,
                                .K = p.size,
                                .transposeB = true,
                                .a = from + x * step,
                                .b = w + x * Kw * p.size,
                                .c = relW + (row + x) * Kw,
                                .lda = Qw * step,
                                .ldc = Qw * Kw});
        });
    });
    return to;
}

} // namespace

RelativePositions relativePositions(Context& context, const Tensor& input, std::int64_t heads, std::int64_t keyHeads,
                                    const Tensor& tableH, const Tensor& tableW) {
    const Tensor qkv = context.admit("attention", input);
    const AttentionPlan p = planAttention(qkv, heads, keyHeads, {});
    const Shape &h = tableH.shape(), &w = tableW.shape();
    if (h.rank() != 3 || w.rank() != 3 || h[2] != p.size || w[2] != p.size || h[0] * w[0] != p.queries)
        throw Error("relative positions: the tables " + h.text() + " and " + w.text() + " do not fit " +
                    std::to_string(p.queries) + " queries in heads of " + std::to_string(p.size));
    const bool floats = qkv.type() == DType::f32 && tableH.type() == DType::f32 && tableW.type() == DType::f32;
    if (context.hostProducts() && floats && p.rowCount() > 0 && !tracked(context, {qkv, tableH, tableW}))
        return onHost(context, p, tableH, tableW);
    const Tensor flat = slice(context, qkv, -1, 0, heads * p.size);
    const Tensor q = reshape(context, flat, {p.batch, h[0], w[0], heads, p.size});
    return {byProduct(context, q, tableH, true), byProduct(context, q, tableW, false)};
}

} // namespace orrery::tensor
