// SPDX-License-Identifier: GPL-3.0-or-later
// Scaled dot-product attention (Vaswani et al. 2017, eq. 1) in tiles with an online softmax (Milakov & Gimelshein 2018; Dao
// et al. 2022): the scores never exist as a whole. On a CPU device large ones run on the host (attention_host.h).
//   y(i) = sum over the seen j of softmax_j(scale q(i) . k(j) + bias(i, j) + rel_h(i, j / Kw) + rel_w(i, j mod Kw)) v(j)
// A query that sees no key gives zeros. Sums are in f32; y has the widest type of q, k and v.
#pragma once

#include "engine/tensor/context.h"

#include <optional>

namespace orrery::tensor {

/// Which kernel: by device; the one that keeps queries in registers; the one that shares tiles in a workgroup (heads of up to
/// 128; larger ones take the former); the one for matrix units (f16 heads of whole sixteens to 128, where the device has them).
enum class AttentionKernel { automatic, direct, shared, cooperative };

/// [B, heads, tokens, D], or as a linear layer gives it [B, tokens, heads, D], which saves the copies that split heads.
enum class HeadOrder { headsFirst, tokensFirst };

struct AttentionOptions {
    std::optional<double> scale{}; ///< else 1 / sqrt(D)
    /// Added to the scores: of shape [B, Hq, Tq, Tk] by broadcasting, the last axis given in full. Its gradient, where it is
    /// tracked, is made in that shape and then summed.
    Tensor bias{};
    /// Decomposed relative positions (Li et al. 2022, MViTv2, eq. 4; as in ViTDet and SAM): [B, Hq, Tq, Kh], [B, Hq, Tq, Kw]
    /// with Kh Kw = Tk. relativePositions() makes them.
    Tensor relH{}, relW{};
    std::optional<std::int64_t> causal{}; ///< query i sees keys j <= i + causal; Tk - Tq where the queries are the last keys
    /// What the last N keys are to each query, u8 or i32 [Tq, N], 0: not seen. Keys before them are seen. For trees of
    /// candidates in speculative decoding N is the size of the tree.
    Tensor mask{};
    std::int64_t maskBits = 0; ///< N, if > 0: the mask is i32 [Tq, ceil(N / 32)], key j in bit j mod 32 of word j / 32
    /// A cache: key j lies in row rows(j) of k and v (i32, [length] or longer, the same for all of a batch). Rows beyond k are
    /// read as its last one. No gradients then.
    Tensor rows{};
    std::optional<std::int64_t> length{};    ///< Tk, where k, v or rows are longer
    HeadOrder order = HeadOrder::headsFirst; ///< of q, k, v and y; bias and relative positions are always [B, Hq, Tq, .]
    AttentionKernel kernel = AttentionKernel::automatic;
};

/// q [B, Hq, Tq, D], k and v [B, Hkv, Tk, D], Hq a multiple of Hkv (grouped-query attention, Ainslie et al. 2023): head h reads
/// key head h / (Hq / Hkv). Gives q's shape. Throws Error naming the shapes that do not fit.
Tensor attention(Context& context, const Tensor& q, const Tensor& k, const Tensor& v, const AttentionOptions& options = {});

/// The same with q, k and v side by side, qkv [B, T, (heads + 2 keyHeads) D] as one linear layer gives them: [B, T, heads D].
/// `order`, `rows` and `length` of the options are not used.
Tensor attention(Context& context, const Tensor& qkv, std::int64_t heads, std::int64_t keyHeads,
                 const AttentionOptions& options = {});

/// The tables relH [B, heads, T, Kh] and relW [B, heads, T, Kw] for queries on a grid, T = Qh Qw: the product of query (y, x)
/// with row (y, .) of tableH [Qh, Kh, D] and row (x, .) of tableW [Qw, Kw, D]. The queries are those of a qkv as above.
struct RelativePositions {
    Tensor relH, relW;
};
RelativePositions relativePositions(Context& context, const Tensor& qkv, std::int64_t heads, std::int64_t keyHeads,
                                    const Tensor& tableH, const Tensor& tableW);

} // namespace orrery::tensor
