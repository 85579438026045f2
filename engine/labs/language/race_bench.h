// SPDX-License-Identifier: GPL-3.0-or-later
// `orrery bench language`, second half: all strategies of the shipped models raced on unseen beginnings. Measured and modelled
// speed-ups are figures of their own; what is slower than plain decoding is there too.
#pragma once

#include "engine/bench/bench.h"

namespace orrery::language {

std::vector<bench::Figure> benchRace(gpu::Device& device);

} // namespace orrery::language
