// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/chi_square.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace orrery::language {

double chiSquareTail(double x, int freedom) {
    if (x <= 0 || freedom <= 0) return 1;
    const double a = freedom / 2.0, z = x / 2;
    const double front = std::exp(a * std::log(z) - z - std::lgamma(a));
    if (z < a + 1) { // series of the lower function
        double term = 1 / a, sum = term;
        for (int n = 1; n < 10000 && term > sum * 1e-16; ++n) sum += term *= z / (a + n);
        return std::max(0.0, 1 - front * sum);
    }
    // continued fraction of the upper one, by Lentz's method
    constexpr double tiny = 1e-300;
    double b = z + 1 - a, c = 1 / tiny, d = 1 / b, h = d;
    for (int n = 1; n < 10000; ++n) {
        const double an = -n * (n - a);
        b += 2;
        d = an * d + b;
        if (std::abs(d) < tiny) d = tiny;
        c = b + an / c;
        if (std::abs(c) < tiny) c = tiny;
        d = 1 / d;
        h *= d * c;
        if (std::abs(d * c - 1) < 1e-15) break;
    }
    return front * h;
}

Goodness goodness(std::span<const std::int64_t> counts, std::span<const double> law) {
    const double n = double(std::accumulate(counts.begin(), counts.end(), std::int64_t(0)));
    Goodness out;
    double rareSeen = 0, rareExpected = 0;
    int bins = 0;
    const auto count = [&](double seen, double expected) {
        out.statistic += (seen - expected) * (seen - expected) / expected;
        ++bins;
    };
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const double expected = n * law[i];
        if (law[i] <= 0 && counts[i] > 0) return {std::numeric_limits<double>::infinity(), 1, 0};
        if (expected >= 5)
            count(double(counts[i]), expected);
        else
            rareSeen += double(counts[i]), rareExpected += expected;
    }
    // too few to stand alone even together: a share that small cannot decide
    if (rareExpected >= 5) count(rareSeen, rareExpected);
    out.freedom = bins - 1;
    out.p = out.freedom > 0 ? chiSquareTail(out.statistic, out.freedom) : 1;
    return out;
}

} // namespace orrery::language
