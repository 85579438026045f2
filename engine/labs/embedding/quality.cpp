// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/quality.h"

#include "engine/error.h"
#include "engine/philox.h"
#include "engine/tensor/host_math.h"
#include "engine/tensor/host_threads.h"
#include "engine/tensor/host_vector.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

namespace orrery::embedding {

namespace {

constexpr std::int64_t tileRows = 32;
constexpr std::int64_t votes = 10;

ORRERY_INLINE void countBelowBody(const float* values, std::int64_t count, float bound, std::int32_t* below) {
    std::int32_t found = 0;
    for (std::int64_t j = 0; j < count; ++j) found += values[j] < bound;
    *below = found;
}
ORRERY_VECTOR_LOOP(countBelow, (const float* values, std::int64_t count, float bound, std::int32_t* below),
                   (values, count, bound, below))

ORRERY_INLINE void picture2Body(const float* x, const float* y, const float* z, std::int64_t count, std::int64_t i, float* out) {
    const float px = x[i], py = y[i], pz = z ? z[i] : 0;
    if (z)
        for (std::int64_t j = 0; j < count; ++j)
            out[j] = (x[j] - px) * (x[j] - px) + (y[j] - py) * (y[j] - py) + (z[j] - pz) * (z[j] - pz);
    else
        for (std::int64_t j = 0; j < count; ++j) out[j] = (x[j] - px) * (x[j] - px) + (y[j] - py) * (y[j] - py);
}
ORRERY_VECTOR_LOOP(picture2, (const float* x, const float* y, const float* z, std::int64_t count, std::int64_t i, float* out),
                   (x, y, z, count, i, out))

ORRERY_INLINE void momentsBody(const float* a, const float* b, std::int64_t count, double* out) {
    double s[5][8] = {};
    for (std::int64_t j = 0; j + 8 <= count; j += 8)
        for (int l = 0; l < 8; ++l) {
            const double p = std::sqrt(a[j + l] > 0 ? a[j + l] : 0.0F), q = std::sqrt(b[j + l] > 0 ? b[j + l] : 0.0F);
            s[0][l] += p, s[1][l] += q, s[2][l] += p * p, s[3][l] += q * q, s[4][l] += p * q;
        }
    for (int m = 0; m < 5; ++m)
        for (int l = 0; l < 8; ++l) out[m] += s[m][l];
}
ORRERY_VECTOR_LOOP(moments, (const float* a, const float* b, std::int64_t count, double* out), (a, b, count, out))

/// The k least values and their places, sorted; ties by place.
void least(const float* values, std::int64_t count, std::int64_t k, std::vector<std::pair<float, std::int32_t>>& out) {
    out.clear();
    float bound = std::numeric_limits<float>::infinity();
    constexpr std::int64_t piece = 64;
    for (std::int64_t j = 0; j < count; j += piece) {
        const std::int64_t width = std::min(piece, count - j);
        std::int32_t any = 0;
        countBelow(values + j, width, bound, &any);
        if (any == 0) continue;
        for (std::int64_t l = j; l < j + width; ++l) {
            if (!(values[l] < bound)) continue;
            const std::pair<float, std::int32_t> near(values[l], std::int32_t(l));
            if (std::int64_t(out.size()) == k) out.pop_back();
            out.insert(std::upper_bound(out.begin(), out.end(), near), near);
            if (std::int64_t(out.size()) == k) bound = out.back().first;
        }
    }
    for (std::int32_t j = 0; std::int64_t(out.size()) < k; ++j) // of a picture that has run out of float32
        if (!(values[j] < bound)) out.emplace_back(bound, j);
}

/// Distances whose squares float32 cannot hold, and those that are no number, are far: every row has as many neighbours as any other.
void bounded(float* values, std::int64_t count) {
    constexpr float most = std::numeric_limits<float>::max();
    for (std::int64_t j = 0; j < count; ++j) values[j] = values[j] < most ? values[j] : most;
}

/// Sum over neighbours here that are none there of (rank there - k), as a share of the most that one row can have: 0 to 1.
double misplaced(const std::vector<std::pair<float, std::int32_t>>& here, std::int64_t k, const float* there, std::int64_t n,
                 float kth) {
    double sum = 0;
    for (std::int64_t j = 0; j < k; ++j) {
        const float value = there[here[std::size_t(j)].second];
        if (value <= kth) continue;
        std::int32_t nearer = 0;
        countBelow(there, n, value, &nearer);
        sum += double(nearer + 1 - k);
    }
    return sum * 2 / (double(k) * (2 * double(n) - 3 * double(k) - 1));
}

/// Of the first k of `near`, the place whose value in the picture is the greatest, if more than 2k others are nearer there.
std::int64_t tornFrom(const std::vector<std::pair<float, std::int32_t>>& near, std::int64_t k, const float* picture,
                      std::int64_t n) {
    const auto farther = [&](const auto& a, const auto& b) { return picture[a.second] < picture[b.second]; };
    const std::int32_t place = std::max_element(near.begin(), near.begin() + k, farther)->second;
    std::int32_t nearer = 0;
    countBelow(picture, n, picture[place], &nearer);
    return nearer >= 2 * k ? place : -1;
}

Estimate estimate(std::span<const float> terms, bool sampled, std::int64_t n) {
    double sum = 0, squares = 0;
    for (const float t : terms) sum += t;
    const double m = double(terms.size()), mean = sum / m;
    for (const float t : terms) squares += (t - mean) * (t - mean);
    return {mean, sampled && m > 1 ? std::sqrt(squares / (m - 1) / m * (1 - m / double(n))) : 0};
}

} // namespace

QualityProbe::QualityProbe(Matrix values, Metric metric, std::int64_t most) : m_metric(metric) {
    const std::int64_t n = values.rows(), D = values.columns();
    std::vector<double> mean(std::size_t(D), 0.0);
    if (metric == Metric::euclid)
        for (std::int64_t i = 0; i < n; ++i)
            for (std::int64_t d = 0; d < D; ++d) mean[std::size_t(d)] += values.row(i)[std::size_t(d)] / double(n);
    std::vector<float> rows(std::size_t(n * D));
    m_squares.resize(std::size_t(n));
    tensor::host::parallel((n + 1023) / 1024, [&](std::int64_t block, int) {
        for (std::int64_t i = block * 1024; i < std::min(n, (block + 1) * 1024); ++i) {
            double square = 0, scale = 1;
            if (metric == Metric::cosine) {
                for (const float v : values.row(i)) square += double(v) * v;
                scale = square > 0 ? 1 / std::sqrt(square) : 0;
            }
            square = 0;
            for (std::int64_t d = 0; d < D; ++d) {
                const float v = float(scale * (double(values.row(i)[std::size_t(d)]) - mean[std::size_t(d)]));
                rows[std::size_t(i * D + d)] = v, square += double(v) * v;
            }
            m_squares[std::size_t(i)] = float(square);
        }
    });
    m_values = Matrix(n, D, std::move(rows));
    if (n <= most) {
        for (std::int64_t i = 0; i < n; ++i) m_rows.push_back(i);
        return;
    }
    std::vector<std::pair<std::uint32_t, std::int64_t>> hashed;
    for (std::int64_t i = 0; i < n; ++i) hashed.emplace_back(philox(0, std::uint32_t(i), 0, 0x5155414C)[0], i);
    std::nth_element(hashed.begin(), hashed.begin() + most, hashed.end());
    for (std::int64_t i = 0; i < most; ++i) m_rows.push_back(hashed[std::size_t(i)].second);
    std::sort(m_rows.begin(), m_rows.end());
}

Quality QualityProbe::measure(const PicturePoints& y, std::int64_t k, std::span<const float> classes, Progress& progress) const {
    const std::int64_t n = m_values.rows(), D = m_values.columns(), m = std::int64_t(m_rows.size());
    if (n < 4) throw Error("how far a picture can be believed needs four rows at least");
    k = std::clamp<std::int64_t>(k, 1, (n - 1) / 2);
    const std::int64_t looked = std::max(k, std::min(votes, n - 1));
    Quality q;
    q.k = k, q.rows = m_rows;
    for (auto* terms : {&q.trustOf, &q.continuityOf, &q.recallOf}) terms->resize(std::size_t(m));
    q.tornFrom.resize(std::size_t(m));
    std::vector<float> right(std::size_t(m), 0.0F);
    const std::int64_t tiles = (m + tileRows - 1) / tileRows;
    std::vector<std::array<double, 5>> sums(static_cast<std::size_t>(tiles), std::array<double, 5>{});
    struct Scratch {
        std::vector<float> queries, table, picture;
        std::vector<std::pair<float, std::int32_t>> nearTable, nearPicture;
    };
    std::vector<Scratch> scratch(std::size_t(tensor::host::workers(tiles)));
    const tensor::host::OneThread oneThread;
    std::atomic<std::int64_t> done{0};
    tensor::host::parallel(tiles, [&](std::int64_t tile, int worker) {
        Scratch& s = scratch[std::size_t(worker)];
        const std::int64_t first = tile * tileRows, count = std::min(tileRows, m - first);
        s.queries.resize(std::size_t(tileRows * D)), s.table.resize(std::size_t(tileRows * n)), s.picture.resize(std::size_t(n));
        for (std::int64_t r = 0; r < count; ++r) {
            const auto row = m_values.row(m_rows[std::size_t(first + r)]);
            std::copy(row.begin(), row.end(), s.queries.begin() + r * D);
        }
        tensor::host::multiply({.M = count,
                                .N = n,
                                .K = D,
                                .transposeB = true,
                                .a = s.queries.data(),
                                .b = m_values.data(),
                                .c = s.table.data(),
                                .alpha = m_metric == Metric::euclid ? -2.0F : -1.0F});
        for (std::int64_t r = 0; r < count; ++r) {
            const std::int64_t i = m_rows[std::size_t(first + r)];
            float* const table = s.table.data() + r * n;
            const float own = m_metric == Metric::euclid ? m_squares[std::size_t(i)] : m_metric == Metric::cosine ? 1.0F : 0.0F;
            if (m_metric == Metric::euclid)
                for (std::int64_t j = 0; j < n; ++j) table[j] += own + m_squares[std::size_t(j)];
            else
                for (std::int64_t j = 0; j < n; ++j) table[j] += own;
            picture2(y[0], y[1], y.dims > 2 ? y[2] : nullptr, n, i, s.picture.data());
            bounded(table, n), bounded(s.picture.data(), n);
            table[i] = 0, s.picture[std::size_t(i)] = 0;
            if (m_metric != Metric::dot) moments(table, s.picture.data(), n, sums[std::size_t(tile)].data());
            table[i] = s.picture[std::size_t(i)] = std::numeric_limits<float>::infinity(); // not its own neighbour
            least(table, n, k, s.nearTable), least(s.picture.data(), n, looked, s.nearPicture);
            const float kthTable = s.nearTable[std::size_t(k - 1)].first, kthPicture = s.nearPicture[std::size_t(k - 1)].first;
            q.trustOf[std::size_t(first + r)] = float(1 - misplaced(s.nearPicture, k, table, n, kthTable));
            q.continuityOf[std::size_t(first + r)] = float(1 - misplaced(s.nearTable, k, s.picture.data(), n, kthPicture));
            q.tornFrom[std::size_t(first + r)] = tornFrom(s.nearTable, k, s.picture.data(), n);
            std::int64_t hits = 0;
            for (std::int64_t j = 0; j < k; ++j) hits += table[s.nearPicture[std::size_t(j)].second] <= kthTable;
            q.recallOf[std::size_t(first + r)] = float(double(hits) / double(k));
            if (!classes.empty()) {
                std::map<float, int> tally;
                for (std::int64_t j = 0; j < std::min(votes, n - 1); ++j)
                    ++tally[classes[std::size_t(s.nearPicture[std::size_t(j)].second)]];
                const auto most = std::max_element(tally.begin(), tally.end(),
                                                   [](const auto& a, const auto& b) { return a.second < b.second; });
                right[std::size_t(first + r)] = most->first == classes[std::size_t(i)];
            }
        }
        progress.at(double(done += count) / double(m));
    });
    const bool sampled = m < n;
    q.trust = estimate(q.trustOf, sampled, n), q.continuity = estimate(q.continuityOf, sampled, n),
    q.recall = estimate(q.recallOf, sampled, n);
    q.accuracy = classes.empty() ? Estimate{-1, 0} : estimate(right, sampled, n);
    std::array<double, 5> s{};
    for (const auto& part : sums)
        for (std::size_t i = 0; i < s.size(); ++i) s[i] += part[i];
    const double pairs = double(m) * double(n / 8 * 8), covariance = s[4] - s[0] * s[1] / pairs,
                 spread = (s[2] - s[0] * s[0] / pairs) * (s[3] - s[1] * s[1] / pairs);
    q.correlation = spread > 0 ? covariance / std::sqrt(spread) : 0;
    return q;
}

} // namespace orrery::embedding
