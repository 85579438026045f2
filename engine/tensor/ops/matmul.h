// SPDX-License-Identifier: GPL-3.0-or-later
// The matrix product. On a GPU and for small products a kernel; large ones on a CPU device go to the host's BLAS over the same
// memory (design: ORRERY_MATMUL=vulkan|host forces either). Products are summed in f32 whatever the inputs hold.
#pragma once

#include "engine/tensor/ops/elementwise.h"

#include <optional>

namespace orrery::tensor {

/// Which kernel: by size and device; the register tile that reads directly; the one that shares tiles in a workgroup; the one
/// for matrix units, which takes f16 only and exists where the device offers them (gpu::DeviceInfo::cooperativeMatrix).
enum class MatmulKernel { automatic, direct, shared, cooperative };

struct MatmulOptions {
    bool transposeA = false, transposeB = false;
    Tensor bias{};                     ///< [N], added to each row
    std::optional<Unary> activation{}; ///< of the sum
    std::optional<DType> type{};       ///< of the result; else the widest of a and b
    MatmulKernel kernel = MatmulKernel::automatic;
};

/// a [..., M, K] (or [..., K, M] transposed) times b [..., K, N] (or [..., N, K]): [..., M, N]. Leading axes are broadcast.
/// Throws Error naming both shapes when they do not fit.
Tensor matmul(Context& context, const Tensor& a, const Tensor& b, const MatmulOptions& options = {});

} // namespace orrery::tensor
