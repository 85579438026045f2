// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/lab/declaration.h"

namespace orrery::embedding {

std::vector<lab::Parameter> parameters(); ///< of the declaration, in the order of the panel

} // namespace orrery::embedding
