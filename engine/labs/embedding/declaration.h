// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/lab/declaration.h"

namespace orrery::embedding {

const lab::Declaration& declaration();

} // namespace orrery::embedding
