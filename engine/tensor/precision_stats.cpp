// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/precision_stats.h"

#include <cmath>

namespace orrery::tensor {

int PrecisionStats::binOf(double value) {
    const int exponent = std::ilogb(value);
    if (exponent < lowest) return -1;
    return exponent >= highest ? bins : (exponent - lowest) / octaves;
}

std::uint64_t PrecisionStats::count() const {
    std::uint64_t sum = zero + under + over + nonFinite;
    for (const std::uint64_t n : histogram) sum += n;
    return sum;
}

std::uint64_t PrecisionStats::byFate() const { return zero + nonFinite + lost + subnormal + normal + overflow; }

double PrecisionStats::share(std::uint64_t part) const { return part == 0 ? 0 : double(part) / double(count()); }

PrecisionStats& PrecisionStats::operator+=(const PrecisionStats& other) {
    for (std::size_t k = 0; k < histogram.size(); ++k) histogram[k] += other.histogram[k];
    zero += other.zero, under += other.under, over += other.over, nonFinite += other.nonFinite;
    lost += other.lost, subnormal += other.subnormal, normal += other.normal, overflow += other.overflow;
    return *this;
}

PrecisionStats precisionStats(std::span<const float> values, double scale, const Format& format) {
    PrecisionStats stats;
    for (const float x : values) {
        const double value = scale * double(x);
        if (!std::isfinite(value)) {
            ++stats.nonFinite;
            continue;
        }
        if (value == 0) {
            ++stats.zero;
            continue;
        }
        const int bin = PrecisionStats::binOf(value);
        ++(bin < 0 ? stats.under : bin == PrecisionStats::bins ? stats.over : stats.histogram[std::size_t(bin)]);
        switch (classify(format, encode(format, value))) {
            case Kind::zero:
                ++stats.lost;
                break;
            case Kind::subnormal:
                ++stats.subnormal;
                break;
            case Kind::normal:
                ++stats.normal;
                break;
            default:
                ++stats.overflow;
        }
    }
    return stats;
}

} // namespace orrery::tensor
