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

} // namespace orrery::language
