// SPDX-License-Identifier: GPL-3.0-or-later
// Whether counts can have come from a law.
#pragma once

#include <cstdint>
#include <span>

namespace orrery::language {

/// P(X > x) of the chi-square law with that many degrees of freedom: the regularised upper incomplete gamma function.
double chiSquareTail(double x, int freedom);

struct Goodness {
    double statistic = 0;
    int freedom = 0;
    double p = 1; ///< probability of counts this far off or farther; 0 when something was seen that the law forbids
};
/// Pearson's test. Outcomes expected fewer than 5 times are counted together; `law` sums to 1.
Goodness goodness(std::span<const std::int64_t> counts, std::span<const double> law);

} // namespace orrery::language
