// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/neighbours_rows.h"

#include "engine/tensor/host_threads.h"
#include "engine/tensor/host_vector.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace orrery::embedding {

namespace {

ORRERY_INLINE void productBody(const float* a, const float* b, std::int64_t count, double* out) {
    double sums[8] = {};
    std::int64_t d = 0;
    for (; d + 8 <= count; d += 8)
        for (int l = 0; l < 8; ++l) sums[l] += double(a[d + l]) * double(b[d + l]);
    for (; d < count; ++d) sums[0] += double(a[d]) * double(b[d]);
    *out = ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}
ORRERY_VECTOR_LOOP(product, (const float* a, const float* b, std::int64_t count, double* out), (a, b, count, out))

/// A product of D terms in float32 is off by at most (D + 2) 2^-24 |x||y| <= (D + 2) 2^-25 (|x|^2 + |y|^2), in whatever order it is
/// summed; centring, offset and the factor 2 of Euclid need some more. This much of |x|^2 + |y|^2 bounds all of it, and the second
/// what a device loses that takes numbers below 2^-126 for 0.
double roundingShare(std::int64_t D) { return 2 * double(D + 8) * 0x1p-24; }
double vanishing(std::int64_t D) { return double(D + 8) * 0x1p-120; }

} // namespace

double productOf(std::span<const float> a, std::span<const float> b) {
    double sum = 0;
    product(a.data(), b.data(), std::int64_t(a.size()), &sum);
    return sum;
}

double powerFor(double largest) { return largest > 0 ? std::ldexp(1.0, -std::ilogb(largest) - 1) : 1; }

std::vector<double> middleOf(const Matrix& values, Metric metric) {
    std::vector<double> mean(std::size_t(values.columns()), 0.0);
    if (metric != Metric::euclid) return mean;
    const std::int64_t step = std::max<std::int64_t>(1, values.rows() / 4096); // any point near the middle will do
    std::int64_t count = 0;
    for (std::int64_t i = 0; i < values.rows(); i += step, ++count)
        for (std::size_t d = 0; d < mean.size(); ++d) mean[d] += values.row(i)[d];
    for (double& m : mean) m /= double(std::max<std::int64_t>(1, count));
    return mean;
}

double scaleOf(const Matrix& values, Metric metric, const std::vector<double>& mean) {
    if (metric == Metric::cosine) return 1; // lengths are
    const std::int64_t blocks = (values.rows() + 1023) / 1024, D = values.columns();
    std::vector<double> largest(std::size_t(blocks), 0.0);
    tensor::host::parallel(blocks, [&](std::int64_t block, int) {
        double here = 0;
        for (std::int64_t i = block * 1024; i < std::min(values.rows(), (block + 1) * 1024); ++i)
            for (std::int64_t d = 0; d < D; ++d)
                here = std::max(here, std::abs(double(values.row(i)[std::size_t(d)]) - mean[std::size_t(d)]));
        largest[std::size_t(block)] = here;
    });
    return blocks > 0 ? powerFor(*std::max_element(largest.begin(), largest.end())) : 1;
}

Prepared prepare(const Matrix& values, Metric metric, const std::vector<double>& mean, double scale) {
    const std::int64_t n = values.rows(), D = values.columns();
    Prepared p;
    p.scale = scale;
    std::vector<float> rows(std::size_t(n * D));
    p.bounds.resize(std::size_t(n)), p.lengths.resize(std::size_t(n));
    p.offsets.assign(std::size_t((n + 63) / 64 * 64), std::numeric_limits<float>::infinity());
    const double share = roundingShare(D), least = vanishing(D);
    tensor::host::parallel((n + 1023) / 1024, [&](std::int64_t block, int) {
        for (std::int64_t i = block * 1024; i < std::min(n, (block + 1) * 1024); ++i) {
            const std::span<const float> from = values.row(i);
            float* to = rows.data() + i * D;
            double times = p.scale;
            if (metric == Metric::cosine) {
                const double length = productOf(from, from);
                times = length > 0 ? 1 / std::sqrt(length) : 0;
            }
            for (std::int64_t d = 0; d < D; ++d) to[d] = float((double(from[std::size_t(d)]) - mean[std::size_t(d)]) * times);
            const double length = productOf({to, std::size_t(D)}, {to, std::size_t(D)}), bound = share * length + least;
            p.offsets[std::size_t(i)] = float((metric == Metric::euclid ? length : 0) - bound);
            p.bounds[std::size_t(i)] = float(bound), p.lengths[std::size_t(i)] = length;
        }
    });
    p.rows = Matrix(n, D, std::move(rows));
    return p;
}

} // namespace orrery::embedding
