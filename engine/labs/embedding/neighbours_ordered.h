// SPDX-License-Identifier: GPL-3.0-or-later
// What the host makes of the device's candidates: lists that are those of float64, or a word that they may not be.
#pragma once

#include "engine/labs/embedding/neighbours_rows.h"

#include <atomic>

namespace orrery::embedding {

/// Powers of two that rows are multiplied by before they are measured, one for all or (cosine) one for each.
struct Factors {
    double common = 1;
    std::vector<double> own;   ///< cosine
    std::vector<double> norms; ///< |x| of the multiplied rows
    double scale(std::int64_t i) const { return own.empty() ? common : own[std::size_t(i)]; }
    std::vector<float> split() const; ///< [n, 2]: 1 / |x| as a float and what it lacks; 0 for a row of zeros
};
Factors factorsOf(const Matrix& values, Metric metric, double scale);

/// Lists of some rows in the place of those that are there.
void replace(Neighbours& lists, std::span<const std::int64_t> rows, const Neighbours& by);

class Ordered {
 public:
    Ordered(const Matrix& values, Metric metric, const Prepared& prepared, const Factors& factors, std::int64_t k,
            std::int64_t keep);

    /// Lists as embedding/nearest_order writes them, of rows first …; on all cores.
    void take(std::int64_t first, std::span<const std::uint32_t> lists, std::int64_t count, Neighbours& out);

    const std::vector<std::int64_t>& doubtful() const { return m_doubtful; } ///< rows whose candidates may not be all, rising
    std::int64_t measured() const { return m_measured; }                     ///< pairs that were measured again

 private:
    struct Pair {
        double value;    ///< as the device measured it
        double distance; ///< as distanceOf(); or not yet known
        std::int32_t index;
        bool known;
    };
    bool takeRow(std::int64_t row, const std::uint32_t* list, std::vector<Pair>& pairs, Neighbours& out);
    double error(std::int64_t row, const Pair& pair) const;
    double distance(std::int64_t row, double value) const;

    const Matrix& m_values;
    Metric m_metric;
    const Prepared& m_prepared;
    const Factors& m_factors;
    std::int64_t m_k, m_keep;
    double m_relative, m_vanishing;
    std::vector<std::int64_t> m_doubtful;
    std::atomic<std::int64_t> m_measured{0};
};

} // namespace orrery::embedding
