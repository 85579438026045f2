// SPDX-License-Identifier: GPL-3.0-or-later
// Rows as products of them are compared, in float32, and how far such a comparison may be from the truth.
#pragma once

#include "engine/labs/embedding/neighbours.h"

namespace orrery::embedding {

/// The value of a pair is offsets[j] + factor x_i.x_j, and the true one (|x_i - x_j|^2 - |x_i|^2, -cos or -x_i.x_j of `rows`)
/// lies between it - bounds[i] and it + bounds[i] + 2 bounds[j].
struct Prepared {
    Matrix rows;                 ///< about their mean (Euclid), of length 1 (cosine), or as they are; times `scale`
    std::vector<float> offsets;  ///< |x|^2 for Euclid, 0 otherwise, less bounds; padded to 64 with infinity
    std::vector<float> bounds;   ///< the share of |x|^2 that roundings may cost
    std::vector<double> lengths; ///< |x|^2
    double scale = 1;            ///< a power of two: no square overflows, few vanish
};

/// Of some 4,096 rows: what distances are taken about, so that a table far from 0 loses no digits. Zeros where it may not move.
std::vector<double> middleOf(const Matrix& values, Metric metric);

Prepared prepare(const Matrix& values, Metric metric, const std::vector<double>& mean, double scale);

/// Of `values` less `mean`: for rows that are compared with others, the least of both.
double scaleOf(const Matrix& values, Metric metric, const std::vector<double>& mean);

constexpr float factorOf(Metric metric) { return metric == Metric::euclid ? -2.0F : -1.0F; }

/// sum x y in float64.
double productOf(std::span<const float> a, std::span<const float> b);

/// The power of two that brings that to [1/2, 1); 1 for 0.
double powerFor(double largest);

} // namespace orrery::embedding
