// SPDX-License-Identifier: GPL-3.0-or-later
// What error plots are made of: error over the number of samples, whose slope is a scheme's order, and error over the number of
// states beside the optimum line.
#pragma once

#include "engine/labs/statespace/optimum.h"
#include "engine/labs/statespace/timeline.h"

namespace orrery::statespace {

/// sin 7r + r^2 on [0, 1], the smooth signal of the order checks; L samples, each at `place` of its cell (1/2: the middle).
Vector smoothSamples(std::int64_t L, double place = 0.5);
/// Its exact coefficients in scaled LegS, by quadrature.
Vector smoothCoefficients(std::int64_t N);
/// |x - exact| after L samples with N states.
double convergenceError(LegsStep step, std::int64_t L, std::int64_t N = 8);

struct SizePoint {
    std::int64_t N = 0;
    double error = 0;   ///< of the method after the whole signal, under its own weight; infinite where it exploded
    double optimum = 0; ///< of any N numbers in the same basis
};
/// One point after the other: each is a run of its own along the signal.
class SizeSweep {
 public:
    SizeSweep(Method method, const HippoOptions& options, const Stepping& stepping, Vector samples, double dt,
              std::vector<std::int64_t> sizes);
    /// Goes on for about `budgetMs` (a point's last part, matrix exponential or projection, may take longer for large N).
    /// False when all points are there.
    bool advance(double budgetMs);
    const std::vector<SizePoint>& points() const { return m_points; } ///< so far
    double fraction() const { return double(m_points.size()) / double(m_sizes.size()); }

 private:
    Method m_method;
    HippoOptions m_options;
    Stepping m_stepping;
    Vector m_samples;
    double m_dt;
    std::vector<std::int64_t> m_sizes;
    std::vector<SizePoint> m_points;
    std::unique_ptr<Timeline> m_line; ///< of the point at work
};

} // namespace orrery::statespace
