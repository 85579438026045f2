// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/error.h"
#include "engine/labs/embedding/neighbours.h"
#include "engine/philox.h"
#include "engine/tensor/host_threads.h"
#include "engine/tensor/host_vector.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace orrery::embedding {

namespace {

constexpr std::int64_t trees = 6, leaf = 48, blockRows = 512;
constexpr std::int64_t explored = 24, reversed = 16; ///< neighbours of a row whose neighbours are looked at, forward and back
constexpr std::uint32_t treeStream = 0x54524545;

ORRERY_INLINE void distanceBody(const float* a, const float* b, std::int64_t count, bool squared, float* out) {
    float sums[16] = {};
    std::int64_t d = 0;
    if (squared) {
        for (; d + 16 <= count; d += 16)
            for (int l = 0; l < 16; ++l) sums[l] += (a[d + l] - b[d + l]) * (a[d + l] - b[d + l]);
        for (; d < count; ++d) sums[0] += (a[d] - b[d]) * (a[d] - b[d]);
    } else {
        for (; d + 16 <= count; d += 16)
            for (int l = 0; l < 16; ++l) sums[l] -= a[d + l] * b[d + l];
        for (; d < count; ++d) sums[0] -= a[d] * b[d];
    }
    for (int l = 0; l < 8; ++l) sums[l] += sums[l + 8];
    *out = ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}
ORRERY_VECTOR_LOOP(distance, (const float* a, const float* b, std::int64_t count, bool squared, float* out),
                   (a, b, count, squared, out))

struct Near {
    float value;
    std::int32_t index;
    bool fresh; ///< not yet explored
    bool operator<(const Near& other) const { return value != other.value ? value < other.value : index < other.index; }
};

/// The best so far of a row, sorted.
class List {
 public:
    List(Near* first, std::int64_t room) : m_first(first), m_room(room) {
        while (m_count < room && m_first[m_count].index >= 0) ++m_count;
    }
    float worst() const { return m_count < m_room ? std::numeric_limits<float>::infinity() : m_first[m_room - 1].value; }
    bool put(Near near) {
        if (m_count == m_room && !(near < m_first[m_room - 1])) return false;
        Near* const at = std::lower_bound(m_first, m_first + m_count, near);
        for (Near* same = at; same < m_first + m_count && same->value == near.value; ++same)
            if (same->index == near.index) return false;
        if (m_count < m_room) ++m_count;
        std::move_backward(at, m_first + m_count - 1, m_first + m_count);
        *at = near;
        return true;
    }

 private:
    Near* m_first;
    std::int64_t m_room, m_count = 0;
};

class Descent {
 public:
    Descent(Matrix rows, std::int64_t k, bool squared, std::uint64_t seed)
        : m_rows(std::move(rows)), m_n(m_rows.rows()), m_k(k), m_squared(squared), m_seed(seed) {
        m_lists.assign(std::size_t(m_n * k), {0, -1, false});
    }

    Neighbours run(Metric metric, Progress& progress) {
        for (std::int64_t tree = 0; tree < trees; ++tree) plant(std::uint32_t(tree)), progress.at(0.4 * double(tree + 1) / trees);
        const int rounds = 12;
        for (int round = 0; round < rounds; ++round) {
            const std::int64_t changed = explore(progress);
            progress.at(0.4 + 0.5 * (round + 1) / rounds);
            if (double(changed) < 0.001 * double(m_n * m_k)) break;
        }
        return result(metric);
    }

 private:
    float between(std::int64_t a, std::int64_t b) const {
        float value = 0;
        distance(m_rows.row(a).data(), m_rows.row(b).data(), m_rows.columns(), m_squared, &value);
        return value;
    }
    Near* listOf(std::int64_t i) { return m_lists.data() + i * m_k; }

    /// Splits by the plane between two random rows until leaves are small; then all pairs within a leaf.
    void plant(std::uint32_t tree) {
        std::vector<std::int32_t> order(static_cast<std::size_t>(m_n));
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = std::int32_t(i);
        struct Part {
            std::int64_t begin, end;
            std::uint32_t node;
        };
        std::vector<Part> level = {{0, m_n, 1}}, leaves;
        while (!level.empty()) {
            std::vector<std::vector<Part>> children(level.size());
            tensor::host::parallel(std::int64_t(level.size()), [&](std::int64_t p, int) {
                const Part part = level[std::size_t(p)];
                const std::int64_t middle = split(order.data() + part.begin, part.end - part.begin, tree, part.node) + part.begin;
                children[std::size_t(p)] = {{part.begin, middle, 2 * part.node}, {middle, part.end, 2 * part.node + 1}};
            });
            level.clear();
            for (const auto& pair : children)
                for (const Part& part : pair) (part.end - part.begin <= leaf ? leaves : level).push_back(part);
        }
        tensor::host::parallel(std::int64_t(leaves.size()), [&](std::int64_t l, int) {
            const Part part = leaves[std::size_t(l)];
            for (std::int64_t a = part.begin; a < part.end; ++a)
                for (std::int64_t b = a + 1; b < part.end; ++b) {
                    const std::int32_t i = order[std::size_t(a)], j = order[std::size_t(b)];
                    const float value = between(i, j);
                    List(listOf(i), m_k).put({value, j, true});
                    List(listOf(j), m_k).put({value, i, true});
                }
        });
    }

    /// In halves by how far along the line from one random row to another, ties by index.
    std::int64_t split(std::int32_t* rows, std::int64_t count, std::uint32_t tree, std::uint32_t node) const {
        const Philox4 words = philox(m_seed, node, tree, treeStream);
        const std::int64_t a = rows[std::uint64_t(words[0]) * std::uint64_t(count) >> 32],
                           b = rows[std::uint64_t(words[1]) * std::uint64_t(count) >> 32];
        std::vector<float> along(std::size_t(m_rows.columns()));
        for (std::size_t d = 0; d < along.size(); ++d) along[d] = m_rows.row(b)[d] - m_rows.row(a)[d];
        std::vector<std::pair<float, std::int32_t>> keyed(static_cast<std::size_t>(count));
        for (std::int64_t i = 0; i < count; ++i) {
            float value = 0;
            distance(m_rows.row(rows[i]).data(), along.data(), m_rows.columns(), false, &value);
            keyed[std::size_t(i)] = {value, rows[i]};
        }
        const std::int64_t middle = count / 2;
        std::nth_element(keyed.begin(), keyed.begin() + middle, keyed.end());
        for (std::int64_t i = 0; i < count; ++i) rows[i] = keyed[std::size_t(i)].second;
        return middle;
    }

    /// Every row looks at its neighbours' neighbours, forward and back, where one of the two steps is new.
    std::int64_t explore(Progress& progress) {
        const std::int64_t forward = std::min(m_k, explored), width = forward + reversed;
        std::vector<std::int32_t> around(std::size_t(m_n * width), -1); // index * 2 + fresh
        std::vector<std::int32_t> back(std::size_t(m_n), 0);
        for (std::int64_t i = 0; i < m_n; ++i)
            for (std::int64_t f = 0; f < forward; ++f)
                if (const Near& near = listOf(i)[f]; near.index >= 0)
                    around[std::size_t(i * width + f)] = near.index * 2 + near.fresh;
        for (std::int64_t f = 0; f < forward; ++f) // the nearest first, so that those are kept which are near to each other
            for (std::int64_t i = 0; i < m_n; ++i) {
                const Near& near = listOf(i)[f];
                if (near.index < 0 || back[std::size_t(near.index)] >= reversed) continue;
                around[std::size_t(near.index * width + forward + back[std::size_t(near.index)]++)] =
                    std::int32_t(i) * 2 + near.fresh;
            }
        std::atomic<std::int64_t> changed{0};
        const std::int64_t blocks = (m_n + blockRows - 1) / blockRows;
        std::vector<std::vector<std::int32_t>> seen(std::size_t(tensor::host::workers(blocks)));
        tensor::host::parallel(blocks, [&](std::int64_t block, int worker) {
            std::vector<std::int32_t>& stamp = seen[std::size_t(worker)];
            if (stamp.empty()) stamp.assign(std::size_t(m_n), -1);
            std::int64_t here = 0;
            for (std::int64_t i = block * blockRows; i < std::min(m_n, (block + 1) * blockRows); ++i) {
                List list(listOf(i), m_k);
                stamp[std::size_t(i)] = std::int32_t(i);
                for (std::int64_t f = 0; f < m_k; ++f) {
                    Near& near = listOf(i)[f];
                    if (near.index < 0) break;
                    stamp[std::size_t(near.index)] = std::int32_t(i);
                    if (f < forward) near.fresh = false;
                }
                for (std::int64_t a = 0; a < width; ++a) {
                    const std::int32_t first = around[std::size_t(i * width + a)];
                    if (first < 0) continue;
                    for (std::int64_t b = 0; b < width; ++b) {
                        const std::int32_t second = around[std::size_t((first >> 1) * width + b)];
                        if (second < 0 || !((first | second) & 1)) continue;
                        const std::int32_t j = second >> 1;
                        if (stamp[std::size_t(j)] == std::int32_t(i)) continue;
                        stamp[std::size_t(j)] = std::int32_t(i);
                        const float value = between(i, j);
                        if (value <= list.worst()) here += list.put({value, j, true});
                    }
                }
            }
            changed += here;
            progress.check();
        });
        return changed;
    }

    Neighbours result(Metric metric) {
        Neighbours out{m_n, m_k, std::vector<std::int32_t>(std::size_t(m_n * m_k)), std::vector<float>(std::size_t(m_n * m_k))};
        for (std::int64_t i = 0; i < m_n; ++i)
            for (std::int64_t j = 0; j < m_k; ++j) {
                const Near& near = listOf(i)[j];
                out.index[std::size_t(i * m_k + j)] = near.index;
                const float value = near.value;
                out.distance[std::size_t(i * m_k + j)] = metric == Metric::euclid   ? std::sqrt(value)
                                                         : metric == Metric::cosine ? 1 + value
                                                                                    : value;
            }
        return out;
    }

    Matrix m_rows;
    std::int64_t m_n, m_k;
    bool m_squared;
    std::uint64_t m_seed;
    std::vector<Near> m_lists;
};

Matrix unitRows(const Matrix& values) {
    std::vector<float> rows(values.all().begin(), values.all().end());
    for (std::int64_t i = 0; i < values.rows(); ++i) {
        double length = 0;
        for (const float v : values.row(i)) length += double(v) * v;
        const double scale = length > 0 ? 1 / std::sqrt(length) : 0;
        for (std::int64_t d = 0; d < values.columns(); ++d) rows[std::size_t(i * values.columns() + d)] *= float(scale);
    }
    return Matrix(values.rows(), values.columns(), std::move(rows));
}

} // namespace

Neighbours approximateNeighbours(const Matrix& values, std::int64_t k, Metric metric, std::uint64_t seed, Progress& progress) {
    if (values.rows() <= 4 * leaf || k >= values.rows() / 4) return exactNeighbours(values, k, metric, progress);
    if (values.rows() > INT32_MAX / 2) throw Error("more than " + std::to_string(INT32_MAX / 2) + " rows");
    return Descent(metric == Metric::cosine ? unitRows(values) : values, k, metric == Metric::euclid, seed).run(metric, progress);
}

} // namespace orrery::embedding
