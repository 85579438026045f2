// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/diffusion/targets.h"

#include <cmath>

namespace orrery::diffusion {

LinearTarget linearTarget(Target target, double alpha, double sigma) {
    switch (target) {
        case Target::eps:
            break;
        case Target::x0:
            return {1, 0};
        case Target::v:
            return {-sigma, alpha};
        case Target::score:
            return {0, -1 / sigma};
        case Target::flow:
            return {-1, 1};
    }
    return {0, 1};
}

Head headOf(Target target, bool preconditioned, double alpha, double sigma) {
    const auto [a, b] = linearTarget(target, alpha, sigma);
    const double size2 = alpha * alpha + sigma * sigma; // of x along each axis
    const double turn = a * sigma - b * alpha;          // given x, the target moves by turn / sigma with x0
    Head head;
    if (preconditioned) {
        head.skip = (a * alpha + b * sigma) / size2;
        head.scale = std::abs(turn) / std::sqrt(size2);
        head.weight = 1 / (head.scale * head.scale);
    } else if (target == Target::score) {
        head.weight = sigma * sigma;
    }
    // eps = (x - alpha x0) / sigma, so score = -eps / sigma = (alpha target - a x) / (sigma turn).
    head.scoreOfPlace = (alpha * head.skip - a) / (sigma * turn);
    head.scoreOfOutput = alpha * head.scale / (sigma * turn);
    head.lossOfNoise = head.weight * (turn / alpha) * (turn / alpha);
    head.targetOfPlace = a / alpha;
    head.targetOfScore = sigma * turn / alpha;
    return head;
}

} // namespace orrery::diffusion
