// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/ticks.h"

#include "ui/panels/numbers.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui {

double niceStep(double span, int most) {
    if (!(span > 0) || !std::isfinite(span) || most < 1) return 0;
    const double least = span / most;
    const int exponent = int(std::floor(std::log10(least)));
    // The logarithm may be off by one in its last bit, so the next decade is tried too.
    for (int e = exponent; e <= exponent + 1; ++e)
        for (const double digit : {1., 2., 5.}) {
            const double step = e >= 0 ? digit * std::pow(10., e) : digit / std::pow(10., -e);
            if (step >= least * (1 - 1e-9)) return step;
        }
    return 0;
}

std::vector<Tick> niceTicks(double low, double high, int most) {
    std::vector<Tick> ticks;
    if (!(high > low) || !std::isfinite(low) || !std::isfinite(high) || most < 1) return ticks;
    // n ticks need n - 1 whole steps and up to two parts of one.
    const double step = niceStep(high - low, std::max(1, most - 1));
    const double largest = std::max(std::abs(low), std::abs(high));
    if (!(step > 0) || step < largest * 1e-12) return ticks;
    const bool scientific = largest >= 1e6 || step < 1e-5;
    const int decimals = std::max(0, -int(std::floor(std::log10(step * (1 + 1e-9)))));
    const int digits = 1 + std::max(0, int(std::floor(std::log10(largest))) - int(std::floor(std::log10(step * (1 + 1e-9)))));
    // Counted in whole steps, because adding up a step adds up its rounding.
    const double first = std::ceil(low / step - 1e-9), last = std::floor(high / step + 1e-9);
    for (double n = first; n <= last && int(ticks.size()) < most; ++n) {
        const double value = n * step;
        ticks.push_back({value, scientific ? formatScientific(value, digits) : formatFixed(value, decimals)});
    }
    return ticks;
}

} // namespace orrery::ui
