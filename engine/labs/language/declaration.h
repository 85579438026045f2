// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/lab/declaration.h"

namespace orrery::language {

const lab::Declaration& declaration();

} // namespace orrery::language
