// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace orrery::embedding {

/// UMAP's membership in the picture, 1 / (1 + a d^(2b)).
struct Curve {
    double a = 1, b = 1;
};

/// Least squares on 300 distances from 0 to 3 spread against 1 up to minDist, e^(-(d - minDist) / spread) beyond (McInnes, Healy &
/// Melville 2018, section 4.3; by Levenberg and Marquardt, in float64).
Curve curveOf(double minDist, double spread);

} // namespace orrery::embedding
