// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/neighbours_ordered.h"

#include "engine/tensor/host_threads.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace orrery::embedding {

std::vector<float> Factors::split() const {
    std::vector<float> parts(2 * norms.size());
    for (std::size_t i = 0; i < norms.size(); ++i) {
        const double inverse = norms[i] > 0 ? 1 / norms[i] : 0;
        parts[2 * i] = float(inverse), parts[2 * i + 1] = float(inverse - double(parts[2 * i]));
    }
    return parts;
}

Factors factorsOf(const Matrix& values, Metric metric, double scale) {
    const std::int64_t n = values.rows();
    Factors f;
    f.common = scale, f.norms.resize(std::size_t(n));
    if (metric == Metric::cosine) f.own.resize(std::size_t(n));
    tensor::host::parallel((n + 1023) / 1024, [&](std::int64_t block, int) {
        for (std::int64_t i = block * 1024; i < std::min(n, (block + 1) * 1024); ++i) {
            if (metric == Metric::cosine) {
                double largest = 0;
                for (const float v : values.row(i)) largest = std::max(largest, std::abs(double(v)));
                f.own[std::size_t(i)] = powerFor(largest);
            }
            f.norms[std::size_t(i)] = std::sqrt(productOf(values.row(i), values.row(i))) * f.scale(i);
        }
    });
    return f;
}

void replace(Neighbours& lists, std::span<const std::int64_t> rows, const Neighbours& by) {
    for (std::size_t q = 0; q < rows.size(); ++q) {
        std::copy_n(by.of(std::int64_t(q)).begin(), lists.k, lists.index.begin() + rows[q] * lists.k);
        std::copy_n(by.distances(std::int64_t(q)).begin(), lists.k, lists.distance.begin() + rows[q] * lists.k);
    }
}

/// Two floats hold 48 bits. A step of a sum loses 5 of the last at most, a square or product 6, and D of either make up a value;
/// that twice over, and 8 steps more for the length of an angle and for float64 itself.
Ordered::Ordered(const Matrix& values, Metric metric, const Prepared& prepared, const Factors& factors, std::int64_t k,
                 std::int64_t keep)
    : m_values(values),
      m_metric(metric),
      m_prepared(prepared),
      m_factors(factors),
      m_k(k),
      m_keep(keep),
      m_relative(double(values.columns() + 12) * 22 * 0x1p-48),
      m_vanishing(double(values.columns() + 8) * 0x1p-120) {}

/// How far the device's value may be from that of float64.
double Ordered::error(std::int64_t row, const Pair& pair) const {
    const double own = m_factors.norms[std::size_t(row)];
    switch (m_metric) {
        case Metric::euclid:
            return m_relative * pair.value + m_vanishing;
        case Metric::cosine:
            return m_relative * own + m_vanishing;
        case Metric::dot:
            return m_relative * own * m_factors.norms[std::size_t(pair.index)] + m_vanishing;
    }
    return 0;
}

double Ordered::distance(std::int64_t row, double value) const {
    if (m_metric == Metric::euclid) return std::sqrt(std::max(0.0, value)) / m_factors.common;
    if (m_metric == Metric::dot) return value / (m_factors.common * m_factors.common);
    const double own = m_factors.norms[std::size_t(row)];
    return own > 0 ? 1 + value / own : 1;
}

bool Ordered::takeRow(std::int64_t row, const std::uint32_t* list, std::vector<Pair>& pairs, Neighbours& out) {
    const auto count = std::int64_t(list[0]);
    if (count < m_k) return false;
    pairs.clear();
    for (std::int64_t e = 0; e < std::min(count, m_keep); ++e)
        pairs.push_back(
            {double(std::bit_cast<float>(list[2 + m_keep + e])) + double(std::bit_cast<float>(list[2 + 2 * m_keep + e])), 0,
             std::int32_t(list[2 + e]), false});
    // Every row that is not in the list is at the bound or beyond: is the k-th surely nearer?
    const Pair& last = pairs[std::size_t(m_k - 1)];
    const auto bound = double(std::bit_cast<float>(list[1]));
    const double own = m_factors.norms[std::size_t(row)], most = last.value + error(row, last);
    const double there = m_metric == Metric::euclid ? most - m_prepared.lengths[std::size_t(row)]
                         : m_metric == Metric::dot  ? most
                         : own > 0                  ? most / own
                                                    : 0;
    if (!(there < bound - double(m_prepared.bounds[std::size_t(row)]))) return false;
    std::int64_t measured = 0;
    const auto again = [&](Pair& pair) {
        pair.distance = distanceOf(m_metric, m_values.row(row), m_values.row(pair.index)), pair.known = true;
        ++measured;
    };
    for (std::size_t begin = 0; begin < std::size_t(m_k);) { // stretches in which each may be as near as the one before
        std::size_t end = begin + 1;
        while (end < pairs.size() &&
               pairs[end].value - pairs[end - 1].value <= error(row, pairs[end]) + error(row, pairs[end - 1]))
            ++end;
        if (end - begin > 1) {
            for (std::size_t e = begin; e < end; ++e) again(pairs[e]);
            std::sort(pairs.begin() + std::ptrdiff_t(begin), pairs.begin() + std::ptrdiff_t(end),
                      [](const Pair& a, const Pair& b) {
                          return a.distance != b.distance ? a.distance < b.distance : a.index < b.index;
                      });
        }
        begin = end;
    }
    for (std::int64_t j = 0; j < m_k; ++j) {
        Pair& pair = pairs[std::size_t(j)];
        const std::size_t at = std::size_t(row * m_k + j);
        if (!pair.known) {
            const double away = error(row, pair);
            out.distance[at] = float(distance(row, pair.value - away));
            if (out.distance[at] != float(distance(row, pair.value + away))) again(pair); // rounds either way
        }
        out.index[at] = pair.index;
        if (pair.known) out.distance[at] = float(pair.distance);
    }
    if (measured > 0) m_measured += measured;
    return true;
}

void Ordered::take(std::int64_t first, std::span<const std::uint32_t> lists, std::int64_t count, Neighbours& out) {
    std::vector<char> sure(static_cast<std::size_t>(count));
    const std::int64_t blocks = (count + 63) / 64;
    std::vector<std::vector<Pair>> pairs(std::size_t(tensor::host::workers(blocks)));
    tensor::host::parallel(blocks, [&](std::int64_t block, int worker) {
        for (std::int64_t r = block * 64; r < std::min(count, (block + 1) * 64); ++r)
            sure[std::size_t(r)] = takeRow(first + r, lists.data() + r * (2 + 3 * m_keep), pairs[std::size_t(worker)], out);
    });
    for (std::int64_t r = 0; r < count; ++r)
        if (!sure[std::size_t(r)]) m_doubtful.push_back(first + r);
}

} // namespace orrery::embedding
