// SPDX-License-Identifier: GPL-3.0-or-later
// Softmax over the last axis, whose length is free. x may be f16; the result is f32. Exponents are taken from the row's
// greatest element, so that none overflows.
//
// An element of -infinity (a mask) gets the probability 0. A row of -infinity only gets zeros, not NaN: attention to nothing
// gives nothing; its logarithm is -infinity. A row with a NaN or +infinity is NaN throughout.
#pragma once

#include "engine/tensor/ops/row_mapping.h"

namespace orrery::tensor {

struct SoftmaxOptions {
    RowMapping mapping = RowMapping::automatic;
};

/// e^x over its sum along the last axis. Policy "softmax". Throws Error for a scalar.
Tensor softmax(Context& context, const Tensor& x, const SoftmaxOptions& options = {});
/// Its logarithm, accurate where the probability is near 0 or 1. Policy "log_softmax".
Tensor logSoftmax(Context& context, const Tensor& x, const SoftmaxOptions& options = {});

} // namespace orrery::tensor
