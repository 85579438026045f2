// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/tensor/context.h"

namespace orrery::tensor {

/// The same values in another type: itself where it is the same; f32 to f16 rounds to nearest even; i32 and u8 to f32; f32 to
/// i32 rounds toward zero. The gradient is cast back. Throws Error for other pairs.
Tensor cast(Context& context, const Tensor& x, DType type);

} // namespace orrery::tensor
