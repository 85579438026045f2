// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/exponents.h"

#include "engine/error.h"
#include "engine/tensor/ops/histogram.h"

#include <bit>
#include <cmath>
#include <map>

namespace orrery::tensor {

namespace {

constexpr std::size_t mostKnown = 64;
constexpr std::uint32_t infinity = 0x7F800000u; ///< the greatest magnitude that counts for itself; NaNs count as it does

/// What one value of this magnitude counts as.
PrecisionStats statsOf(std::uint32_t magnitude, double scale, const Format& format) {
    const float value = std::bit_cast<float>(magnitude);
    return precisionStats({&value, 1}, scale, format);
}

struct Classes {
    std::vector<std::uint32_t> begins; ///< magnitudes; class 0 begins at 0
    std::vector<PrecisionStats> stats;
};

/// Classes follow each other along the magnitudes, so each ends where bisection finds the last that counts alike. Kept: a view
/// of training asks for the same ones many times in each step.
const Classes& classesOf(double scale, const Format& format) {
    static thread_local std::map<std::pair<double, const Format*>, Classes> known;
    if (known.size() > mostKnown) known.clear();
    const auto [place, isNew] = known.try_emplace({scale, &format});
    Classes& classes = place->second;
    if (!isNew) return classes;
    for (std::uint64_t at = 0; at <= infinity;) {
        const auto begin = std::uint32_t(at);
        const PrecisionStats stats = statsOf(begin, scale, format);
        classes.begins.push_back(begin);
        classes.stats.push_back(stats);
        std::uint32_t same = begin, other = infinity + 1;
        while (other - same > 1) {
            const std::uint32_t middle = same + (other - same) / 2;
            (statsOf(middle, scale, format) == stats ? same : other) = middle;
        }
        at = other;
    }
    return classes;
}

/// For the kernel: the class that each binade begins in, and where the next classes begin.
std::vector<std::int32_t> tableOf(const Classes& classes) {
    std::vector<std::int32_t> table;
    for (std::uint32_t field = 0; field < 256; ++field) {
        std::size_t k = 0;
        while (k + 1 < classes.begins.size() && classes.begins[k + 1] <= field << 23) ++k;
        table.push_back(std::int32_t(k));
    }
    for (std::size_t k = 1; k < classes.begins.size(); ++k) table.push_back(std::int32_t(classes.begins[k]));
    table.push_back(-1); // above all magnitudes: the kernel compares without a sign
    return table;
}

} // namespace

ExponentCounts exponentCounts(Context& context, const Tensor& x, double scale, const Format& format) {
    (void)widest(x.type(), x.type(), "exponent counts");
    if (scale == 0 || !std::isfinite(scale)) throw Error("exponent counts: the scale is " + std::to_string(scale));
    const Classes& classes = classesOf(std::abs(scale), format);
    const std::vector<std::int32_t> table = tableOf(classes);
    const auto count = std::uint32_t(classes.begins.size());
    const Tensor thresholds = context.upload({std::int64_t(table.size())}, std::span<const std::int32_t>(table));
    const Count what{.exponents = true, .bins = count, .classes = count};
    return {countClasses(context, x, thresholds, what, Counters::automatic), classes.stats};
}

PrecisionStats ExponentCounts::read(Context& context) const { return readCounts(context, {this, 1}).front(); }

std::vector<PrecisionStats> readCounts(Context& context, std::span<const ExponentCounts> counts) {
    std::vector<gpu::Download> downloads;
    for (const ExponentCounts& each : counts)
        downloads.push_back(context.recorder().download({each.counts.buffer(), 0, each.counts.paddedBytes()}));
    context.finish();
    std::vector<PrecisionStats> all;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        PrecisionStats sum;
        for (std::size_t k = 0; k < counts[i].classes.size(); ++k) {
            PrecisionStats part = counts[i].classes[k]; // ones, in the places that the class counts towards
            const auto times = std::uint64_t(downloads[i].as<std::int32_t>()[k]);
            for (std::uint64_t& n : part.histogram) n *= times;
            for (std::uint64_t* n : {&part.zero, &part.under, &part.over, &part.nonFinite, &part.lost, &part.subnormal,
                                     &part.normal, &part.overflow})
                *n *= times;
            sum += part;
        }
        all.push_back(sum);
    }
    return all;
}

} // namespace orrery::tensor
