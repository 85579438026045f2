// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers for an axis: multiples of 1, 2 or 5 times a power of ten, all with the same number of decimals.
#pragma once

#include <string>
#include <vector>

namespace orrery::ui {

struct Tick {
    double value = 0;
    std::string text;
};

/// The smallest of 1, 2, 5 · 10^k with which at most `most` steps fit into `span`. Zero when there is none.
double niceStep(double span, int most);

/// Ticks within [low, high], at most `most` of them (at least one fits when most >= 2), rising. None when the range is empty,
/// not finite, or so far from zero that neighbouring ticks would be the same double.
std::vector<Tick> niceTicks(double low, double high, int most);

} // namespace orrery::ui
