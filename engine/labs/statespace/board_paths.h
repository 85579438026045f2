// SPDX-License-Identifier: GPL-3.0-or-later
// The groups of the equality board.
#pragma once

#include "engine/labs/statespace/board.h"

namespace orrery::statespace {

Group legsGroup(const BoardOptions& options, tensor::Context* context);
Group diagonalGroup(const BoardOptions& options, tensor::Context* context);
Group selectiveGroup(const BoardOptions& options, tensor::Context* context);
Group retentionGroup(const BoardOptions& options, tensor::Context* context);

/// Fills the pairs: tolerance `wide` among float64, `narrow` where either is float32.
void compare(Group& group, double wide, double narrow);

} // namespace orrery::statespace
