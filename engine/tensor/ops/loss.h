// SPDX-License-Identifier: GPL-3.0-or-later
// Losses. Inputs may be f16; everything is computed in f32 and so are the results.
#pragma once

#include "engine/tensor/ops/row_mapping.h"

#include <optional>

namespace orrery::tensor {

enum class LossReduction { mean, sum, none };

struct CrossEntropyOptions {
    LossReduction reduction = LossReduction::mean; ///< mean: over the rows that are not ignored; 0 when all are
    std::optional<std::int32_t> ignore{};          ///< rows with this target add nothing to the loss and get no gradient
    RowMapping mapping = RowMapping::automatic;
};

/// -ln softmax(logits)[target], in nats: logits [..., V], targets i32 [...]. A scalar, or [...] without reduction. The
/// gradient (softmax - one at the target) comes from one kernel that reads the logits once more; no probabilities are kept.
/// A target outside [0, V) that is not the ignored one makes its row's loss and gradient NaN: a look at it would wait for the
/// device (uploadIndices() of gather.h looks beforehand). Policy "cross_entropy". Throws Error naming both shapes.
Tensor crossEntropy(Context& context, const Tensor& logits, const Tensor& targets, const CrossEntropyOptions& options = {});

/// The mean of (a - b)^2, a scalar; 0 of nothing. Throws Error naming both shapes when they differ. Policy "squared_error".
Tensor meanSquaredError(Context& context, const Tensor& a, const Tensor& b);

} // namespace orrery::tensor
