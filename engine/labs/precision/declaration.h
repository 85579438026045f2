// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/lab/declaration.h"

namespace orrery::precision {

const lab::Declaration& declaration();

} // namespace orrery::precision
