// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/ngram_zipf.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace orrery::language {

Zipf zipfOf(const NgramCounts& counts, int order, std::size_t most) {
    const int level = order - 1;
    const Symbols& symbols = counts.symbols();
    std::vector<std::uint32_t> all;
    for (Row row = 0; row < counts.size(level); ++row)
        if (!counts.marked(level, row) && counts.token(level, row) != symbols.end && counts.count(level, row) > 0)
            all.push_back(std::uint32_t(counts.count(level, row)));
    std::sort(all.begin(), all.end(), std::greater<>());
    Zipf zipf;
    zipf.kinds = all.size();
    for (const std::uint32_t count : all) zipf.total += count, zipf.once += count == 1;
    zipf.slope = zipf.intercept = std::numeric_limits<double>::quiet_NaN();
    if (all.empty()) return zipf;
    const double last = double(all.size());
    for (std::size_t i = 0; i < most; ++i) {
        const double rank = std::min(last, std::floor(std::pow(last, double(i) / double(most - 1)) + 0.5));
        if (zipf.points.empty() || rank > zipf.points.back().rank)
            zipf.points.push_back({rank, double(all[std::size_t(rank) - 1])});
    }
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;
    for (const ZipfPoint& point : zipf.points) {
        const double r = std::log10(point.rank), c = std::log10(point.count);
        n += 1, x += r, y += c, xx += r * r, xy += r * c;
    }
    if (zipf.points.size() < 2) return zipf;
    zipf.slope = (n * xy - x * y) / (n * xx - x * x);
    zipf.intercept = (y - zipf.slope * x) / n;
    return zipf;
}

} // namespace orrery::language
