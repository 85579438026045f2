// SPDX-License-Identifier: GPL-3.0-or-later
// Rank and frequency of the n-grams of one order (Zipf 1949): frequency ~ rank^-s. The slope is the least-squares line
// through log10 of both at ranks that are evenly spaced in the logarithm, so that the long tail does not outvote the rest.
#pragma once

#include "engine/labs/language/ngram_counts.h"

#include <vector>

namespace orrery::language {

struct ZipfPoint {
    double rank = 0, count = 0;
};

struct Zipf {
    std::vector<ZipfPoint> points{}; ///< at most `most`, ranks ascending, the first and the last rank among them
    double slope = 0, intercept = 0; ///< log10 count = intercept + slope · log10 rank; NaN with fewer than two points
    std::uint64_t kinds = 0, once = 0, total = 0; ///< different n-grams, those seen once, all occurrences
};

/// n-grams of `order` tokens without the marks of beginning and end.
Zipf zipfOf(const NgramCounts& counts, int order, std::size_t most = 256);

} // namespace orrery::language
