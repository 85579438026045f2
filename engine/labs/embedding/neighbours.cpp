// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/neighbours.h"

#include "engine/error.h"
#include "engine/labs/embedding/neighbours_rows.h"
#include "engine/tensor/host_math.h"
#include "engine/tensor/host_threads.h"
#include "engine/tensor/host_vector.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_set>

namespace orrery::embedding {

namespace {

constexpr std::int64_t queryTile = 96, baseTile = 1024;

ORRERY_INLINE void squaresBody(const float* a, const float* b, std::int64_t count, double* out) {
    double sums[8] = {};
    std::int64_t d = 0;
    for (; d + 8 <= count; d += 8)
        for (int l = 0; l < 8; ++l) {
            const double difference = double(a[d + l]) - double(b[d + l]);
            sums[l] += difference * difference;
        }
    for (; d < count; ++d) sums[0] += (double(a[d]) - double(b[d])) * (double(a[d]) - double(b[d]));
    *out = ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}
ORRERY_VECTOR_LOOP(squares, (const float* a, const float* b, std::int64_t count, double* out), (a, b, count, out))

/// How many of 64 are below the bound; and their places when any is.
ORRERY_INLINE void belowBody(const float* values, const float* offsets, float bound, float* sums, int* count) {
    int found = 0;
    for (int j = 0; j < 64; ++j) {
        sums[j] = offsets[j] + values[j];
        found += sums[j] < bound;
    }
    *count = found;
}
ORRERY_VECTOR_LOOP(below, (const float* values, const float* offsets, float bound, float* sums, int* count),
                   (values, offsets, bound, sums, count))

struct Candidate {
    float least, most; ///< between which the true value lies
    std::int32_t index;
};

/// The candidates of one row: all that can still belong to the k nearest.
struct Reservoir {
    std::vector<Candidate> held;
    std::size_t k = 0, room = 0;
    float bound = std::numeric_limits<float>::infinity();

    void put(const Candidate& candidate) {
        held.push_back(candidate);
        if (held.size() >= room) prune();
    }
    void prune() {
        if (held.size() > k) {
            const auto kth = held.begin() + std::ptrdiff_t(k - 1);
            std::nth_element(held.begin(), kth, held.end(),
                             [](const Candidate& a, const Candidate& b) { return a.most < b.most; });
            const float most = kth->most;
            std::erase_if(held, [&](const Candidate& c) { return c.least > most; });
            bound = std::nextafter(most, std::numeric_limits<float>::infinity()); // equal values stay
        }
        room = std::max(2 * held.size(), 4 * k + 256);
    }
};

struct Search {
    const Matrix& values;
    const Matrix& queries;
    std::span<const std::int64_t> self; ///< row of each query, or empty
    std::int64_t k;
    Metric metric;

    double exactly(std::int64_t query, std::int32_t row) const { return distanceOf(metric, queries.row(query), values.row(row)); }

    void finish(std::int64_t query, std::span<const Candidate> held, Neighbours& out) const {
        std::vector<std::pair<double, std::int32_t>> sorted;
        sorted.reserve(held.size());
        for (const Candidate& each : held)
            if (self.empty() || self[std::size_t(query)] != each.index)
                sorted.emplace_back(exactly(query, each.index), each.index);
        std::partial_sort(sorted.begin(), sorted.begin() + k, sorted.end());
        for (std::int64_t j = 0; j < k; ++j) {
            out.index[std::size_t(query * k + j)] = sorted[std::size_t(j)].second;
            out.distance[std::size_t(query * k + j)] = float(sorted[std::size_t(j)].first);
        }
    }
};

Neighbours byProducts(const Search& search, Progress& progress) {
    const std::int64_t n = search.values.rows(), m = search.queries.rows(), D = search.values.columns(), k = search.k;
    const bool same = search.queries.data() == search.values.data() && m == n;
    const std::vector<double> mean = middleOf(search.values, search.metric);
    const double here = scaleOf(search.values, search.metric, mean),
                 scale = same ? here : std::min(here, scaleOf(search.queries, search.metric, mean));
    const Prepared base = prepare(search.values, search.metric, mean, scale),
                   own = same ? Prepared() : prepare(search.queries, search.metric, mean, scale);
    const Prepared& queries = same ? base : own;
    Neighbours out{m, k, std::vector<std::int32_t>(std::size_t(m * k)), std::vector<float>(std::size_t(m * k))};
    const tensor::host::OneThread oneThread;
    std::atomic<std::int64_t> done{0};
    const std::int64_t tiles = (m + queryTile - 1) / queryTile;
    std::vector<std::vector<float>> products(std::size_t(tensor::host::workers(tiles)));
    tensor::host::parallel(tiles, [&](std::int64_t tile, int worker) {
        const std::int64_t first = tile * queryTile, rows = std::min(queryTile, m - first);
        std::vector<float>& block = products[std::size_t(worker)];
        block.resize(std::size_t(queryTile * baseTile));
        std::vector<Reservoir> held(static_cast<std::size_t>(rows));
        const std::size_t wanted = std::size_t(k) + (search.self.empty() ? 0 : 1);
        for (std::int64_t r = 0; r < rows; ++r) {
            Reservoir& each = held[std::size_t(r)];
            each.k = wanted, each.room = 4 * wanted + 256;
        }
        float sums[64];
        for (std::int64_t b = 0; b < n; b += baseTile) {
            const std::int64_t width = std::min(baseTile, n - b), padded = (width + 63) / 64 * 64;
            tensor::host::multiply({.M = rows,
                                    .N = width,
                                    .K = D,
                                    .transposeB = true,
                                    .a = queries.rows.data() + first * D,
                                    .b = base.rows.data() + b * D,
                                    .c = block.data(),
                                    .ldc = padded,
                                    .alpha = factorOf(search.metric)});
            for (std::int64_t r = 0; r < rows; ++r) {
                Reservoir& each = held[std::size_t(r)];
                for (std::int64_t j = 0; j < padded; j += 64) {
                    int count = 0;
                    below(block.data() + r * padded + j, base.offsets.data() + b + j, each.bound, sums, &count);
                    if (count == 0) continue;
                    for (int l = 0; l < std::min<std::int64_t>(64, width - j); ++l)
                        if (sums[l] < each.bound)
                            each.put(
                                {sums[l],
                                 sums[l] + 2 * (queries.bounds[std::size_t(first + r)] + base.bounds[std::size_t(b + j + l)]),
                                 std::int32_t(b + j + l)});
                }
            }
        }
        for (std::int64_t r = 0; r < rows; ++r) {
            held[std::size_t(r)].prune();
            search.finish(first + r, held[std::size_t(r)].held, out);
        }
        done += rows;
        progress.at(double(done) / double(m));
    });
    return out;
}

/// One pass over the table for a few queries.
Neighbours directly(const Search& search, Progress& progress) {
    const std::int64_t n = search.values.rows(), m = search.queries.rows(), k = search.k;
    Neighbours out{m, k, std::vector<std::int32_t>(std::size_t(m * k)), std::vector<float>(std::size_t(m * k))};
    std::vector<std::pair<double, std::int32_t>> all(static_cast<std::size_t>(n));
    for (std::int64_t q = 0; q < m; ++q) {
        tensor::host::parallel((n + 4095) / 4096, [&](std::int64_t block, int) {
            for (std::int64_t i = block * 4096; i < std::min(n, (block + 1) * 4096); ++i)
                all[std::size_t(i)] = {search.exactly(q, std::int32_t(i)), std::int32_t(i)};
        });
        if (!search.self.empty()) all[std::size_t(search.self[std::size_t(q)])].first = std::numeric_limits<double>::infinity();
        std::partial_sort(all.begin(), all.begin() + k, all.end());
        for (std::int64_t j = 0; j < k; ++j)
            out.index[std::size_t(q * k + j)] = all[std::size_t(j)].second,
                                          out.distance[std::size_t(q * k + j)] = float(all[std::size_t(j)].first);
        progress.at(double(q + 1) / double(m));
    }
    return out;
}

Neighbours search(const Search& asked, Progress& progress) {
    return asked.queries.rows() < 8 ? directly(asked, progress) : byProducts(asked, progress);
}

} // namespace

double distanceOf(Metric metric, std::span<const float> a, std::span<const float> b) {
    const auto D = std::int64_t(a.size());
    double sum = 0;
    if (metric == Metric::euclid) {
        squares(a.data(), b.data(), D, &sum);
        return std::sqrt(sum);
    }
    sum = productOf(a, b);
    if (metric == Metric::dot) return -sum;
    const double aa = productOf(a, a), bb = productOf(b, b);
    return aa > 0 && bb > 0 ? 1 - sum / std::sqrt(aa * bb) : 1;
}

Neighbours exactNeighbours(const Matrix& values, std::int64_t k, Metric metric, Progress& progress) {
    std::vector<std::int64_t> rows(static_cast<std::size_t>(values.rows()));
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = std::int64_t(i);
    k = std::min(k, values.rows() - 1);
    if (k < 1) throw Error("neighbours need two rows at least; there " + std::string(values.rows() == 1 ? "is one" : "are none"));
    return search({values, values, rows, k, metric}, progress);
}

Neighbours neighboursOf(const Matrix& values, std::span<const std::int64_t> rows, std::int64_t k, Metric metric,
                        Progress& progress) {
    k = std::min(k, values.rows() - 1);
    if (k < 1) throw Error("neighbours need two rows at least; there " + std::string(values.rows() == 1 ? "is one" : "are none"));
    std::vector<float> queries;
    for (const std::int64_t row : rows) queries.insert(queries.end(), values.row(row).begin(), values.row(row).end());
    return search({values, Matrix(std::int64_t(rows.size()), values.columns(), std::move(queries)), rows, k, metric}, progress);
}

Neighbours nearestTo(const Matrix& values, const Matrix& queries, std::int64_t k, Metric metric, Progress& progress) {
    if (queries.columns() != values.columns())
        throw Error("points of " + std::to_string(queries.columns()) + " numbers have no neighbours among rows of " +
                    std::to_string(values.columns()));
    return search({values, queries, {}, std::min(k, values.rows()), metric}, progress);
}

double recall(const Neighbours& found, const Neighbours& truth) {
    std::int64_t hits = 0;
    std::unordered_set<std::int32_t> known;
    for (std::int64_t i = 0; i < truth.n; ++i) {
        known.clear();
        known.insert(found.of(i).begin(), found.of(i).end());
        for (const std::int32_t j : truth.of(i)) hits += std::int64_t(known.count(j));
    }
    return double(hits) / double(std::max<std::int64_t>(1, truth.n * truth.k));
}

} // namespace orrery::embedding
