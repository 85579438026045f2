// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/bench/bench.h"

#include <vector>

namespace orrery::embedding {

/// Words a second of skip-gram on the host, beside a plain loop that takes pair by pair, as word2vec.c does.
std::vector<bench::Figure> benchWords();

} // namespace orrery::embedding
