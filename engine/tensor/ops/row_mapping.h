// SPDX-License-Identifier: GPL-3.0-or-later
// Ops on the rows of a tensor (its last axis): who computes a row, and how a kernel that includes shaders/tensor/rows.glsl
// is launched.
#pragma once

#include "engine/tensor/context.h"

namespace orrery::tensor {

/// One invocation per row, or a workgroup whose sums join in a fixed tree. automatic: the former on CPU devices, the latter
/// on GPUs. Either gives the same bits in every run; between them bits differ.
enum class RowMapping { automatic, invocation, workgroup };

/// Kernel, constants, local size and groups for `rows` rows of `size` elements; tensors, bindings and further constants (from
/// id 6 on) are the caller's. `fours`: all rows are read and written in groups of four.
Context::Launch rowLaunch(const Context& context, const char* kernel, RowMapping mapping, std::int64_t rows, std::int64_t size,
                          bool fours);

/// What ROW_IN wants to read.
inline gpu::Binding rowInput(const char* name, bool fours) {
    return {name, gpu::Access::read, fours ? gpu::Element::vec4 : gpu::Element::f32};
}

/// Elements of all but the last axis; throws Error naming `what` for a scalar.
std::int64_t rowsOf(const Tensor& x, const char* what);

} // namespace orrery::tensor
