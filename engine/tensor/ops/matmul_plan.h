// SPDX-License-Identifier: GPL-3.0-or-later
// One product as its kernels take it.
#pragma once

#include "engine/tensor/ops/matmul.h"

namespace orrery::tensor {

/// The product of two stacks of matrices: leading axes joined into one, 1 where a matrix serves all.
struct MatmulPlan {
    std::int64_t batch = 1, M = 0, N = 0, K = 0;
    Tensor a, b; ///< [batch or 1, ., .]
    Shape shape; ///< of the result

    double flops() const { return 2.0 * double(batch) * double(M) * double(N) * double(K); }
};

/// By the kernel that suits the device and the sizes, or the one that the options name.
Tensor matmulOnDevice(Context& context, const MatmulPlan& plan, const MatmulOptions& options, DType type);

} // namespace orrery::tensor
