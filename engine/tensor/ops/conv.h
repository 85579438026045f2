// SPDX-License-Identifier: GPL-3.0-or-later
// Two-dimensional convolution (cross-correlation, as in every network library) and its transpose; images are [N, C, H, W].
// Dumoulin & Visin 2016 (arXiv 1603.07285) draw the arithmetic of stride, padding and dilation. Sums are f32 whatever the
// inputs hold. On a CPU device large dense convolutions go to the host's BLAS (ORRERY_MATMUL=vulkan|host forces either).
#pragma once

#include "engine/tensor/context.h"

#include <array>

namespace orrery::tensor {

/// By size and device; or always the kernel that fits every shape, for comparison.
enum class ConvKernel { automatic, direct };

using Pair = std::array<std::int64_t, 2>; ///< along y, along x

struct Conv2dOptions {
    Pair stride{1, 1};
    Pair padding{0, 0}; ///< zeros on both sides of an axis
    Pair dilation{1, 1};
    std::int64_t groups = 1; ///< each sees C / groups channels; groups = C: depthwise
    Tensor bias{};           ///< [O]
    ConvKernel kernel = ConvKernel::automatic;
};

/// y[n, o, i, j] = bias[o] + sum over c, k, l of w[o, c, k, l] x[n, c, i stride - padding + k dilation, …], zero outside x.
/// x [N, C, H, W], w [O, C / groups, KH, KW]; the result is [N, O, OH, OW] with
/// OH = floor((H + 2 padding - dilation (KH - 1) - 1) / stride) + 1, in the widest type of x and w.
/// Throws Error naming both shapes when they do not fit, or when the kernel is larger than the padded image.
Tensor conv2d(Context& context, const Tensor& x, const Tensor& w, const Conv2dOptions& options = {});

struct ConvTranspose2dOptions {
    Pair stride{1, 1};
    Pair padding{0, 0};       ///< rows and columns left away on both sides of the result
    Pair outputPadding{0, 0}; ///< more of them after the last, less than the stride or the dilation
    Pair dilation{1, 1};
    std::int64_t groups = 1;
    Tensor bias{}; ///< [O]
    ConvKernel kernel = ConvKernel::automatic;
};

/// The transpose of the linear map conv2d: its gradient with respect to x. x [N, C, H, W], w [C, O / groups, KH, KW]; the
/// result is [N, O, OH, OW] with OH = (H - 1) stride - 2 padding + dilation (KH - 1) + outputPadding + 1.
Tensor convTranspose2d(Context& context, const Tensor& x, const Tensor& w, const ConvTranspose2dOptions& options = {});

} // namespace orrery::tensor
