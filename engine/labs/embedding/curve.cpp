// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/curve.h"

#include <cmath>

namespace orrery::embedding {

Curve curveOf(double minDist, double spread) {
    constexpr int points = 300;
    Curve c;
    const auto wanted = [&](double d) { return d < minDist ? 1 : std::exp(-(d - minDist) / spread); };
    const auto misfit = [&](const Curve& at) {
        double sum = 0;
        for (int i = 0; i < points; ++i) {
            const double d = 3 * spread * i / (points - 1), r = 1 / (1 + at.a * std::pow(d, 2 * at.b)) - wanted(d);
            sum += r * r;
        }
        return sum;
    };
    double damping = 1e-3, now = misfit(c);
    for (int step = 0; step < 300; ++step) {
        double aa = 0, ab = 0, bb = 0, ra = 0, rb = 0;
        for (int i = 1; i < points; ++i) { // at 0 nothing depends on a and b
            const double d = 3 * spread * i / (points - 1), power = std::pow(d, 2 * c.b), f = 1 / (1 + c.a * power),
                         r = f - wanted(d);
            const double da = -f * f * power, db = -f * f * c.a * power * 2 * std::log(d);
            aa += da * da, ab += da * db, bb += db * db, ra += da * r, rb += db * r;
        }
        const double p = aa * (1 + damping), q = bb * (1 + damping), det = p * q - ab * ab;
        const Curve next{c.a - (q * ra - ab * rb) / det, c.b - (p * rb - ab * ra) / det};
        const double then = next.a > 0 && next.b > 0 ? misfit(next) : HUGE_VAL;
        if (then <= now) {
            const bool done = std::abs(next.a - c.a) < 1e-13 && std::abs(next.b - c.b) < 1e-13;
            c = next, now = then, damping = std::fmax(1e-12, damping / 5);
            if (done) break;
        } else if ((damping *= 5) > 1e12) {
            break;
        }
    }
    return c;
}

} // namespace orrery::embedding
