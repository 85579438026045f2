// SPDX-License-Identifier: GPL-3.0-or-later
// What mean and variance ought to be: of the true marginal, and of the discrete steps that the particles really take.
#pragma once

#include "engine/labs/diffusion/journey.h"
#include "engine/labs/diffusion/mixture.h"

namespace orrery::diffusion {

/// Moments of the true marginal: mean alpha m, variance alpha^2 v + sigma^2, and the fourth to match.
Moments marginalMoments(const Moments& data, double alpha, double variance);

/// Moments before the first step and after each one. Steps without a score are affine, so these are exact for any data. For
/// steps with a score the data is taken as the Gaussian of the same mean and variances, for which they are exact too; else
/// they estimate what the step size and a prior that is not the true marginal at t = 1 do.
std::vector<Moments> predict(const Moments& data, const Journey& journey);

/// What the steps back do to the mean log density of the particles under the true marginal, per step and relative to draws
/// from that marginal: each component on its own taken as the Gaussian that it is. 0 on the way out.
std::vector<double> logDensityGap(const Mixture& data, const Schedule& schedule, const Journey& journey);

/// x after a step on the way out is scale x_0 + noise z: by step, up to the turn.
struct Affine {
    double scale = 1, noise = 0;
};
std::vector<Affine> affineWay(const Journey& journey);

/// Five standard deviations of the mean, and of the variance (unbiased), of `count` draws of such moments.
double meanBand(const Moments& law, int axis, double count);
double varianceBand(const Moments& law, int axis, double count);

} // namespace orrery::diffusion
