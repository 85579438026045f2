// SPDX-License-Identifier: GPL-3.0-or-later
// An embedding layer is a fully connected layer without bias on one-hot input: the same numbers both ways, side by side.
#pragma once

#include "engine/lab/lab.h"
#include "engine/labs/embedding/table.h"
#include "engine/tensor/context.h"

#include <span>
#include <string>
#include <vector>

namespace orrery::embedding {

/// y = X W for one-hot rows X, and W's rows picked by number; the gradient X^T dY, and rows of dY added where they were picked.
struct OneHot {
    std::int64_t batch = 0, words = 0, dims = 0;
    std::vector<std::int32_t> ids;                  ///< [B], may repeat: then their gradients are summed
    std::vector<float> x, table, product, looked;   ///< [B, V], [V, d], [B, d] by matmul, [B, d] by embedding
    std::vector<float> dy, byProduct, byScatter;    ///< [B, d], [V, d] by X^T dY, [V, d] by embedding's gradient
    bool forwardSame = false, backwardSame = false; ///< bit by bit (0 and -0 are one number)
    double multiplications = 0, copies = 0;         ///< B V d beside B d: what the short way saves
};

/// Computed by the tensor engine's own ops on the context's device. Throws Error for a number outside [0, V).
/// The product is exact: one term is w, the others are 0 w = 0, unless a row of W holds no finite number, which the product
/// spreads over every result and the look-up does not. Of sums of three or more repeated ids the order could matter: both add in
/// the order of the batch.
OneHot oneHot(tensor::Context& context, std::span<const float> table, std::int64_t words, std::span<const std::int32_t> ids,
              std::span<const float> dy);

/// The first words of a text and the first rows of a table, small enough to be looked at: 8 words of 12, with gradients that are
/// whole numbers.
OneHot oneHotOf(tensor::Context& context, const Matrix& table, std::span<const std::int32_t> text);
/// How many numbers differ.
lab::Check oneHotCheck(const OneHot& result);

} // namespace orrery::embedding
