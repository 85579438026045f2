// SPDX-License-Identifier: GPL-3.0-or-later
// Running sums and linear recurrences: prefix scans of the associative pairs (a, b) o (a', b') = (a a', a' b + b')
// (Blelloch 1990, "Prefix sums and their applications"). Long axes are scanned in chunks by three passes, each chunk's
// summary, a scan of the summaries, and the values; in a fixed order, so bits repeat. f32 inside, results are f32.
#pragma once

#include "engine/tensor/context.h"

namespace orrery::tensor {

/// Which kernel scans along contiguous rows: a chunk per invocation, or a chunk per workgroup that shares its pairs.
enum class ScanKernel { automatic, invocation, workgroup };

struct SumOptions {
    bool exclusive = false; ///< y_t is the sum before x_t
    bool reverse = false;   ///< from the end of the axis
    ScanKernel kernel = ScanKernel::automatic;
};
/// y_t = x_0 + … + x_t along one axis.
Tensor cumsum(Context& context, const Tensor& x, int axis = -1, const SumOptions& options = {});

struct ScanOptions {
    int axis = 0;
    bool reverse = false;      ///< h_t = a_t h_(t+1) + b_t
    bool complexPairs = false; ///< the last axis, of size 2, holds real and imaginary part
    Tensor initial{};          ///< h before the first step, of a's shape without the axis; zero if there is none
    ScanKernel kernel = ScanKernel::automatic;
};
/// h_t = a_t h_(t-1) + b_t along one axis, for a and b of the same shape; throws Error naming both when they differ.
/// Gradients flow to a, b and the initial state; of complex numbers d/d re + i d/d im.
Tensor linearScan(Context& context, const Tensor& a, const Tensor& b, const ScanOptions& options = {});

} // namespace orrery::tensor
