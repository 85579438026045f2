// SPDX-License-Identifier: GPL-3.0-or-later
// Other orders and shapes of the same values. All but reshape copy; f32, i32 and (by way of f32) f16.
#pragma once

#include "engine/tensor/context.h"

#include <vector>

namespace orrery::tensor {

/// The same values, no copy. One size may be -1: what is left over.
Tensor reshape(Context& context, const Tensor& x, std::vector<std::int64_t> sizes);

/// Axis i of the result is axis order[i] of x.
Tensor permute(Context& context, const Tensor& x, const std::vector<int>& order);
Tensor transpose(Context& context, const Tensor& x, int a = -2, int b = -1); ///< two axes change places

/// Elements [from, from + size) of one axis.
Tensor slice(Context& context, const Tensor& x, int axis, std::int64_t from, std::int64_t size);
Tensor concat(Context& context, const std::vector<Tensor>& parts, int axis);
/// Zeros before and after, or rows left away where negative, on one axis.
Tensor pad(Context& context, const Tensor& x, int axis, std::int64_t before, std::int64_t after);

/// Repeats along axes of size 1 and along new leading axes, as NumPy's broadcast_to.
Tensor broadcastTo(Context& context, const Tensor& x, const Shape& shape);

} // namespace orrery::tensor
