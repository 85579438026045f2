// SPDX-License-Identifier: GPL-3.0-or-later
// Where everything lies that one attention reads and writes: checked once, then used by the kernels and by the host.
#pragma once

#include "engine/tensor/ops/attention.h"

namespace orrery::tensor {

/// One head's row of D numbers per token, somewhere in a tensor; strides in elements.
struct Heads {
    Tensor tensor{};
    std::int64_t at = 0, batch = 0, head = 0, token = 0;
};

enum class MaskKind : std::uint32_t { none, bytes, words, bits }; // numbers of shaders/tensor/attention.glsl

struct AttentionPlan {
    std::int64_t batch = 0, heads = 0, keyHeads = 0, queries = 0, keys = 0, size = 0; ///< size: D
    std::int64_t capacity = 0;                                                        ///< tokens that k and v have room for
    Heads q, k, v, y; ///< y without a tensor: only how it will lie
    Shape shape;      ///< of y
    double scale = 1;
    std::int64_t biasBatch = 0, biasHead = 0, biasQuery = 0, relHeight = 0, relWidth = 0;
    MaskKind maskKind = MaskKind::none;
    std::int64_t maskFrom = 0, maskRow = 0;
    AttentionOptions options;

    std::int64_t rowCount() const { return batch * heads * queries; }
    bool causal() const { return options.causal.has_value(); }
};

/// Throw Error naming the shapes that do not fit.
AttentionPlan planAttention(const Tensor& q, const Tensor& k, const Tensor& v, const AttentionOptions& options);
AttentionPlan planAttention(const Tensor& qkv, std::int64_t heads, std::int64_t keyHeads, const AttentionOptions& options);

/// On the host, in tiles spread over all cores; the same bits whatever their number. Of a CPU device, with f32 tensors. `lse`
/// [B, Hq, Tq]: ln of the sum of e^score, for the backward pass.
void attentionOnHost(Context& context, const AttentionPlan& plan, const Tensor& y, const Tensor& lse);

} // namespace orrery::tensor
