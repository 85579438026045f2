// SPDX-License-Identifier: GPL-3.0-or-later
// `orrery bench language`: what a step of decoding and a pass over a tree cost, on weights of random numbers in the shapes of
// known models (speed does not depend on the values).
#pragma once

#include "engine/bench/bench.h"

namespace orrery::language {

/// Tokens per second of plain decoding against the bound that reading all weights once sets, v(n) = time of a pass over n nodes
/// over that of one, c = a step of the small draft model over one of its target.
std::vector<bench::Figure> benchLanguage(gpu::Device& device);

} // namespace orrery::language
