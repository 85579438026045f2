// SPDX-License-Identifier: GPL-3.0-or-later
// What follows a matrix product on the host: bias and activation in one pass over the result, on all cores.
#pragma once

#include "engine/tensor/ops/elementwise.h"

#include <optional>

namespace orrery::tensor::host {

bool knows(Unary activation); ///< relu, gelu and silu

/// c [rows, columns] = activation(c + bias). `bias` [columns] may be null, the activation one that is known.
void epilogue(float* c, std::int64_t rows, std::int64_t columns, const float* bias, std::optional<Unary> activation);

} // namespace orrery::tensor::host
