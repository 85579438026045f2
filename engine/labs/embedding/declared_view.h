// SPDX-License-Identifier: GPL-3.0-or-later
// The part of the table that says how the cloud is looked at.
#pragma once

#include "engine/lab/declaration.h"

namespace orrery::embedding {

std::vector<lab::Parameter> viewParameters();

} // namespace orrery::embedding
