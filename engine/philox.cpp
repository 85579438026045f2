// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/philox.h"

#include <cmath>
#include <numbers>

namespace orrery {

std::array<double, 2> normalPair(const Philox4& words) {
    const double radius = std::sqrt(-2 * std::log(unitOpen(words[0])));
    const double angle = 2 * std::numbers::pi * unitOpen(words[1]);
    return {radius * std::cos(angle), radius * std::sin(angle)};
}

} // namespace orrery
