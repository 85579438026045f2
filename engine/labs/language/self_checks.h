// SPDX-License-Identifier: GPL-3.0-or-later
// What the language lab measures about itself while a text grows.
#pragma once

#include "engine/labs/language/lab.h"

namespace orrery::language {

std::vector<lab::Check> selfChecks(const LanguageLab& lab);

/// How many candidates of these rounds should have stayed, and the variance of that: each decision is a coin whose odds are known.
struct Expected {
    double kept = 0, variance = 0;
    std::int64_t measured = 0, tried = 0;
};
Expected expectedKept(std::span<const Round> rounds);

/// Farther than this from the mean, a sum of independent coins is less often than 6e-7 (Bernstein's inequality).
double fiveSigmaOfCoins(double variance);

/// Largest error of the law of the token that leaves this node, every case counted, with p and q narrowed to their `narrow` likeliest
/// tokens; none where nothing was drafted, or full distributions are not kept.
std::optional<double> lawErrorAt(const Round& round, const Visit& visit, int narrow = 12);

} // namespace orrery::language
