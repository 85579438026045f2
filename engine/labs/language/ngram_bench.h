// SPDX-License-Identifier: GPL-3.0-or-later
// `orrery bench ngram`: counting, queries and memory of n-grams, against a plain hash map in the same run.
#pragma once

#include "engine/bench/bench.h"

namespace orrery::language {

std::vector<bench::Figure> benchNgram(gpu::Device& device); ///< the device is not used

} // namespace orrery::language
