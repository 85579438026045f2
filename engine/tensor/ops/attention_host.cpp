// SPDX-License-Identifier: GPL-3.0-or-later
// Attention over the device's memory on a CPU device: a task is a tile of queries of one head. Both products of a tile go to
// BLAS, one thread each, so that the bits do not depend on how many work; the softmax between them is ours.
#include "engine/tensor/host_math.h"
#include "engine/tensor/host_threads.h"
#include "engine/tensor/host_vector.h"
#include "engine/tensor/ops/attention_plan.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace orrery::tensor {

namespace {

// A tile of scores and its keys stay in a core's second cache (some 512 KiB in all with heads of 64).
constexpr std::int64_t mostRows = 128, mostKeys = 512;
constexpr float nothing = -std::numeric_limits<float>::infinity();
constexpr int lanes = 16;

/// The largest of `most` and count values.
ORRERY_INLINE void largestBody(const float* s, std::int64_t count, float* most) {
    float best[lanes];
    for (float& b : best) b = *most;
    std::int64_t j = 0;
    for (; j + lanes <= count; j += lanes)
        for (int l = 0; l < lanes; ++l) best[l] = s[j + l] > best[l] ? s[j + l] : best[l];
    for (; j < count; ++j) best[0] = s[j] > best[0] ? s[j] : best[0];
    for (const float b : best) *most = b > *most ? b : *most;
}
ORRERY_VECTOR_LOOP(largest, (const float* s, std::int64_t count, float* most), (s, count, most))

/// s becomes e^(s - top); their sum is added to `sum`.
ORRERY_INLINE void weighBody(float* s, std::int64_t count, float top, float* sum) {
    float part[lanes] = {};
    std::int64_t j = 0;
    for (; j + lanes <= count; j += lanes)
        for (int l = 0; l < lanes; ++l) {
            const float e = host::expOf(s[j + l] - top);
            s[j + l] = e, part[l] += e;
        }
    for (; j < count; ++j) s[j] = host::expOf(s[j] - top), part[j % lanes] += s[j];
    for (int half = lanes / 2; half > 0; half /= 2)
        for (int l = 0; l < half; ++l) part[l] += part[l + half];
    *sum += part[0];
}
ORRERY_VECTOR_LOOP(weigh, (float* s, std::int64_t count, float top, float* sum), (s, count, top, sum))

ORRERY_INLINE void addBody(float* s, const float* x, float shift, std::int64_t count) {
    for (std::int64_t j = 0; j < count; ++j) s[j] += x[j] + shift;
}
ORRERY_VECTOR_LOOP(add, (float* s, const float* x, float shift, std::int64_t count), (s, x, shift, count))

class HostAttention {
 public:
    HostAttention(Context& context, const AttentionPlan& plan, const Tensor& y, const Tensor& lse)
        : m_plan(plan), m_y(data(context, y)), m_lse(data(context, lse)) {
        const AttentionOptions& o = plan.options;
        m_q = data(context, plan.q.tensor), m_k = data(context, plan.k.tensor), m_v = data(context, plan.v.tensor);
        m_bias = data(context, o.bias), m_relH = data(context, o.relH), m_relW = data(context, o.relW);
        m_mask = o.mask ? context.hostData(o.mask) : nullptr;
        m_rows = o.rows ? static_cast<const std::int32_t*>(context.hostData(o.rows)) : nullptr;
        m_tiles = std::max<std::int64_t>(1, (plan.queries + mostRows - 1) / mostRows);
        m_rowsOfTile = std::min(plan.queries, ((plan.queries + m_tiles - 1) / m_tiles + 7) / 8 * 8); // of nearly one size
        m_keysOfTile = std::min(plan.keys, mostKeys);
    }

    void run() {
        const std::int64_t tasks = m_plan.batch * m_plan.heads * m_tiles;
        std::vector<Scratch> scratch(std::size_t(host::workers(tasks)), Scratch(*this));
        const host::OneThread inBlas;
        host::parallel(tasks, [&](std::int64_t task, int worker) {
            tile(task / m_tiles / m_plan.heads, task / m_tiles % m_plan.heads, task % m_tiles * m_rowsOfTile,
                 scratch[std::size_t(worker)]);
        });
    }

 private:
    struct Scratch {
        explicit Scratch(const HostAttention& a)
            : scores(std::size_t(a.m_rowsOfTile * a.m_keysOfTile)),
              product(std::size_t(a.m_rowsOfTile * a.m_plan.size)),
              sum(product.size()),
              gathered(a.m_rows ? std::size_t(2 * a.m_keysOfTile * a.m_plan.size) : 0),
              top(std::size_t(a.m_rowsOfTile)),
              weight(top.size()) {}
        std::vector<float> scores, product, sum, gathered, top, weight;
    };
    struct Keys {
        const float *k, *v;
        std::int64_t stride;
    };

    static float* data(Context& context, const Tensor& t) { return t ? static_cast<float*>(context.hostData(t)) : nullptr; }

    bool seen(std::int64_t i, std::int64_t j) const {
        if (m_plan.maskKind == MaskKind::none || j < m_plan.maskFrom) return true;
        const std::int64_t column = j - m_plan.maskFrom, row = i * m_plan.maskRow;
        if (m_plan.maskKind == MaskKind::bytes) return static_cast<const std::uint8_t*>(m_mask)[row + column] != 0;
        const auto* words = static_cast<const std::int32_t*>(m_mask);
        if (m_plan.maskKind == MaskKind::words) return words[row + column] != 0;
        return (std::uint32_t(words[row + column / 32]) >> column % 32 & 1U) != 0;
    }

    /// Keys [from, from + count) and their values: where they lie, or copied together where a map scatters them.
    Keys keysOf(std::int64_t batch, std::int64_t keyHead, std::int64_t from, std::int64_t count, Scratch& s) const {
        const std::int64_t at = batch * m_plan.k.batch + keyHead * m_plan.k.head, size = m_plan.size, step = m_plan.k.token;
        const float *k = m_k + m_plan.k.at + at, *v = m_v + m_plan.v.at + at;
        if (!m_rows) return {k + from * step, v + from * step, step};
        for (std::int64_t j = 0; j < count; ++j) {
            const auto wanted = std::uint32_t(m_rows[from + j]); // as in the kernel: no row is beyond the buffer
            const std::int64_t row = std::min<std::int64_t>(wanted, m_plan.capacity - 1);
            std::copy_n(k + row * step, size, s.gathered.data() + j * size);
            std::copy_n(v + row * step, size, s.gathered.data() + (count + j) * size);
        }
        return {s.gathered.data(), s.gathered.data() + count * size, size};
    }

    /// Bias, positions and masks of query i and keys [from, from + count).
    void finish(float* s, std::int64_t batch, std::int64_t head, std::int64_t i, std::int64_t from, std::int64_t count) const {
        const AttentionPlan& p = m_plan;
        if (m_bias) add(s, m_bias + batch * p.biasBatch + head * p.biasHead + i * p.biasQuery + from, 0, count);
        if (m_relH) {
            const std::int64_t row = (batch * p.heads + head) * p.queries + i;
            const float *h = m_relH + row * p.relHeight, *w = m_relW + row * p.relWidth;
            for (std::int64_t j = 0; j < count;) {
                const std::int64_t column = (from + j) % p.relWidth, run = std::min(p.relWidth - column, count - j);
                add(s + j, w + column, h[(from + j) / p.relWidth], run);
                j += run;
            }
        }
        if (p.causal())
            for (std::int64_t j = std::max<std::int64_t>(0, i + *p.options.causal + 1 - from); j < count; ++j) s[j] = nothing;
        for (std::int64_t j = std::max<std::int64_t>(0, p.maskFrom - from); p.maskKind != MaskKind::none && j < count; ++j)
            if (!seen(i, from + j)) s[j] = nothing;
    }

    void tile(std::int64_t batch, std::int64_t head, std::int64_t first, Scratch& s) const {
        const AttentionPlan& p = m_plan;
        const std::int64_t rows = std::min(m_rowsOfTile, p.queries - first), size = p.size;
        if (rows <= 0) return;
        const float* q = m_q + p.q.at + batch * p.q.batch + head * p.q.head + first * p.q.token;
        std::fill(s.sum.begin(), s.sum.end(), 0.0F);
        std::fill(s.top.begin(), s.top.end(), nothing);
        std::fill(s.weight.begin(), s.weight.end(), 0.0F);
        std::int64_t end = p.keys;
        if (p.causal()) end = std::clamp<std::int64_t>(first + rows + *p.options.causal, 0, p.keys);
        for (std::int64_t from = 0; from < end; from += m_keysOfTile) {
            const std::int64_t count = std::min(m_keysOfTile, end - from);
            const Keys keys = keysOf(batch, head / (p.heads / p.keyHeads), from, count, s);
            host::multiply({.M = rows,
                            .N = count,
                            .K = size,
                            .transposeB = true,
                            .a = q,
                            .b = keys.k,
                            .c = s.scores.data(),
                            .lda = p.q.token,
                            .ldb = keys.stride,
                            .ldc = count,
                            .alpha = float(p.scale)});
            for (std::int64_t r = 0; r < rows; ++r) {
                float *row = s.scores.data() + r * count, *sum = s.sum.data() + r * size;
                finish(row, batch, head, first + r, from, count);
                float top = s.top[std::size_t(r)];
                largest(row, count, &top);
                const float base = top == nothing ? 0 : top; // nothing seen yet: e^(-inf) then gives zeros
                const float shrink = from == 0 ? 0 : std::exp(s.top[std::size_t(r)] - base);
                s.top[std::size_t(r)] = top, s.weight[std::size_t(r)] *= shrink;
                weigh(row, count, base, &s.weight[std::size_t(r)]);
                if (from > 0 && shrink != 1)
                    for (std::int64_t d = 0; d < size; ++d) sum[d] *= shrink;
            }
            host::multiply({.M = rows,
                            .N = size,
                            .K = count,
                            .a = s.scores.data(),
                            .b = keys.v,
                            .c = s.product.data(),
                            .lda = count,
                            .ldb = keys.stride,
                            .ldc = size});
            add(s.sum.data(), s.product.data(), 0, rows * size);
        }
        for (std::int64_t r = 0; r < rows; ++r) {
            const float weight = s.weight[std::size_t(r)], by = weight == 0 ? 0 : 1 / weight;
            float* y = m_y + batch * p.y.batch + head * p.y.head + (first + r) * p.y.token;
            for (std::int64_t d = 0; d < size; ++d) y[d] = s.sum[std::size_t(r * size + d)] * by;
            m_lse[(batch * p.heads + head) * p.queries + first + r] = s.top[std::size_t(r)] + std::log(weight);
        }
    }

    const AttentionPlan& m_plan;
    float *m_y, *m_lse;
    const float *m_q = nullptr, *m_k = nullptr, *m_v = nullptr, *m_bias = nullptr, *m_relH = nullptr, *m_relW = nullptr;
    const void* m_mask = nullptr;
    const std::int32_t* m_rows = nullptr;
    std::int64_t m_tiles = 1, m_rowsOfTile = 0, m_keysOfTile = 0;
};

} // namespace

void attentionOnHost(Context& context, const AttentionPlan& plan, const Tensor& y, const Tensor& lse) {
    const double pairs = double(plan.rowCount()) * double(plan.keys);
    context.onHost([&] { HostAttention(context, plan, y, lse).run(); }, "host attention", 4 * pairs * double(plan.size));
}

} // namespace orrery::tensor
