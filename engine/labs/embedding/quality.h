// SPDX-License-Identifier: GPL-3.0-or-later
// How far the picture can be believed (Venna & Kaski 2001; Lee & Verleysen 2009).
#pragma once

#include "engine/labs/embedding/neighbours.h"
#include "engine/labs/embedding/picture_points.h"

namespace orrery::embedding {

/// A mean over rows, and its standard error when only a sample of them was looked at (0: all were).
struct Estimate {
    double value = 0, error = 0;
};

struct Quality {
    std::int64_t k = 0;
    Estimate trust;         ///< 1 - 2 / (n k (2n - 3k - 1)) sum over false neighbours of (rank in the table - k)
    Estimate continuity;    ///< the same with the two spaces exchanged: neighbours that were torn away
    Estimate recall;        ///< share of the k nearest rows that are among the k nearest in the picture
    Estimate accuracy;      ///< share of rows whose class is that of most of the 10 nearest in the picture; -1 without classes
    double correlation = 0; ///< of all distances looked at, table against picture (Pearson)
    // Of each row looked at:
    std::vector<std::int64_t> rows;
    std::vector<float> trustOf, continuityOf, recallOf; ///< 1: nothing is wrong here
    /// Which of its k nearest the picture has farthest away, if beyond its 2k nearest there; -1: none is torn away so far.
    std::vector<std::int64_t> tornFrom;
};

class QualityProbe {
 public:
    /// Looks at all rows up to `most`, otherwise at `most` of them, evenly spread by a hash of their number.
    QualityProbe(Matrix values, Metric metric, std::int64_t most);

    /// k is cut below n / 2, where the figures are defined. `classes`: of each row, or empty.
    Quality measure(const PicturePoints& y, std::int64_t k, std::span<const float> classes, Progress& progress) const;
    const std::vector<std::int64_t>& rows() const { return m_rows; }

 private:
    Matrix m_values; ///< about their mean, or unit rows
    Metric m_metric;
    std::vector<std::int64_t> m_rows;
    std::vector<float> m_squares;
};

} // namespace orrery::embedding
