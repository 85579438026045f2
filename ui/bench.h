// SPDX-License-Identifier: GPL-3.0-or-later
// What `orrery bench` measures of drawing; one line each in bench.cpp.
#pragma once

#include "engine/bench/bench.h"

namespace orrery::ui {

const std::vector<bench::Bench>& benches();

} // namespace orrery::ui
