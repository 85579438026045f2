// SPDX-License-Identifier: GPL-3.0-or-later
// How a tensor's values lie in a format: a histogram of their binary exponents, and what a conversion would do to each. The
// host's reference, in integers of the bit code.
#pragma once

#include "engine/tensor/formats.h"

#include <array>
#include <cstdint>
#include <span>

namespace orrery::tensor {

/// Of |scale x| of each value x. Every value is in one bin, and in one of the counters of fate.
struct PrecisionStats {
    static constexpr int lowest = -40, highest = 16, octaves = 2; ///< bin k holds [2^(lowest + 2k), 2^(lowest + 2k + 2))
    static constexpr int bins = (highest - lowest) / octaves;

    std::array<std::uint64_t, bins> histogram{};
    std::uint64_t zero = 0, under = 0, over = 0, nonFinite = 0; ///< exactly 0; below 2^lowest; from 2^highest; infinite or NaN

    // Finite values that are not 0, rounded to nearest even into the format. In fp16:
    std::uint64_t lost = 0;      ///< becomes 0: up to 2^-25
    std::uint64_t subnormal = 0; ///< degraded, fewer bits than the format's: below 2^-14 once rounded
    std::uint64_t normal = 0;
    std::uint64_t overflow = 0; ///< above the greatest finite number: from 65520

    std::uint64_t count() const;            ///< all values: sum of the bins with zero, under, over and nonFinite
    std::uint64_t byFate() const;           ///< the same number: zero, nonFinite, lost, subnormal, normal and overflow
    double share(std::uint64_t part) const; ///< of count(); 0 of nothing
    PrecisionStats& operator+=(const PrecisionStats& other);
    bool operator==(const PrecisionStats&) const = default;

    /// The bin of a finite value that is not 0; -1: under, `bins`: over.
    static int binOf(double value);
};

/// `scale` stands for the loss scale (exact for powers of two). A value that scaling carries out of float64 counts as such.
PrecisionStats precisionStats(std::span<const float> values, double scale = 1, const Format& format = fp16);

} // namespace orrery::tensor
