// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/lab/declaration.h"

namespace orrery::embedding {

lab::Parameter pathParameter(); ///< who computes the steps of a descent

} // namespace orrery::embedding
