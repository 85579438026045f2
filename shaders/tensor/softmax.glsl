// SPDX-License-Identifier: GPL-3.0-or-later
// What softmax and cross-entropy share: the greatest element of a row and the sum of e^(x - greatest).
#include "tensor/functions.glsl"

float minusInfinity() { return uintBitsToFloat(0xFF800000u); }

/// e^x of x <= 0 as expOf of functions.glsl, four at a time; 0 below -87, where it would be subnormal. A NaN stays one.
vec4 expBelow(vec4 x) {
    const vec4 n = round(x * log2e), r = (x - n * 0.693145751953125) - n * 1.42860682e-6;
    const vec4 e = 1.0 + r * (1.0 + r * (0.5 + r * (0.16666667 + r * (0.041666668 + r * (0.008333334 + r * (0.0013888889 + r * 0.0001984127))))));
    return mix(e * intBitsToFloat(ivec4(n) + 127 << 23), vec4(0), lessThan(x, vec4(-87)));
}

/// The greatest of a row of x, read by ROW_IN; 0 where all are -infinity, so that x - greatest stays -infinity.
#define ROW_GREATEST(x, row, most)                                                        \
    float most;                                                                           \
    {                                                                                     \
        vec4 best = vec4(minusInfinity());                                                      \
        for (uint k = firstGroup(); k < groupCount(); k += groupStep()) {                 \
            const vec4 v = within(k, x(row, k), minusInfinity());                               \
            best = mix(best, v, greaterThan(v, best));                                    \
        }                                                                                 \
        most = greatest(best);                                                            \
        if (most == minusInfinity()) most = 0.0;                                                \
    }
/// The sum of e^(x - most): 0 where all are -infinity, NaN where one is NaN or +infinity.
#define ROW_EXP_SUM(x, row, most, sum)                                                    \
    float sum;                                                                            \
    {                                                                                     \
        vec4 sums = vec4(0);                                                              \
        for (uint k = firstGroup(); k < groupCount(); k += groupStep())                   \
            sums += within(k, expBelow(x(row, k) - most), 0.0);                           \
        sum = total(sums);                                                                \
    }
