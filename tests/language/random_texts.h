// SPDX-License-Identifier: GPL-3.0-or-later
// Laws and texts of a seed.
#pragma once

#include "engine/labs/language/speculate.h"

#include <cmath>

namespace orrery::language::test {

inline Distribution randomLaw(int size, std::uint64_t seed, double sharpness = 1.5) {
    Distribution p;
    for (int i = 0; i < size; ++i) p.push_back(std::exp(sharpness * normalPair(philox(seed, std::uint32_t(i), 0, 9))[0]));
    normalise(p);
    return p;
}

inline std::vector<std::int32_t> randomText(int size, int vocabulary, std::uint64_t seed) {
    std::vector<std::int32_t> text;
    for (int i = 0; i < size; ++i)
        text.push_back(std::int32_t(philox(seed, std::uint32_t(i), 0, 8)[0] % std::uint32_t(vocabulary)));
    return text;
}

} // namespace orrery::language::test
