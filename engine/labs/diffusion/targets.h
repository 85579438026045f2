// SPDX-License-Identifier: GPL-3.0-or-later
// What a network may be asked for at x = alpha x0 + sigma eps, and how each answer becomes a score. All targets are linear in
// x0 and eps, and so every pair of them is, given x: whoever knows one knows all. float64.
//   eps   the noise (Ho et al. 2020);   x0   the data;   v = (alpha eps - sigma x0) (Salimans & Ho 2022, arXiv 2202.00512)
//   score -eps / sigma, of the kernel (Vincent 2011);    flow  eps - x0, the velocity of a straight line (Lipman et al. 2023)
// Preconditioned (Karras et al. 2022, arXiv 2206.00364, table 1, here for any linear target and data of deviation 1): the
// target is skip x + scale F, where F is what the network gives, skip is the best linear guess and scale what that leaves.
// F then is the same for all targets, up to its sign.
#pragma once

namespace orrery::diffusion {

enum class Target { eps, x0, v, score, flow };

/// target = ofData x0 + ofNoise eps
struct LinearTarget {
    double ofData = 0, ofNoise = 0;
};
LinearTarget linearTarget(Target target, double alpha, double sigma);

/// Around the network's output F at one noise level: sigma > 0.
struct Head {
    double skip = 0, scale = 1;                  ///< target = skip x + scale F
    double weight = 1;                           ///< of the squared error of the target in the loss
    double scoreOfPlace = 0, scoreOfOutput = 0;  ///< score = scoreOfPlace x + scoreOfOutput F
    double lossOfNoise = 1;                      ///< loss = lossOfNoise x the squared error of eps that it amounts to
    double targetOfPlace = 0, targetOfScore = 0; ///< target = targetOfPlace x + targetOfScore score
};
/// The loss of `score` is weighted by sigma^2 (else what lies next to the data is all that counts), a preconditioned one by
/// 1 / scale^2, so that it is the plain squared error of F; others by 1.
Head headOf(Target target, bool preconditioned, double alpha, double sigma);

} // namespace orrery::diffusion
