// SPDX-License-Identifier: GPL-3.0-or-later
// Functions of one and two numbers and the slopes of the former; numbers as in engine/tensor/ops/elementwise.h. Vulkan grants
// exp an error of 3 + 2|x| units and sin one of 2^-11, so those are ours: errors stay at a few units in the last place
// (tests/tensor/tst_ops.cpp measures them against float64). Polynomials: Chebyshev fits.
#include "common/math.glsl"

/// e^x: x = n ln 2 + r, |r| <= ln 2 / 2; n times the first part of ln 2 is exact.
float expOf(float x) {
    if (!(x < 88.7228394)) return isnan(x) ? x : uintBitsToFloat(0x7F800000u);
    if (x < -103.9) return 0.0;
    const float n = round(x * log2e), r = (x - n * 0.693145751953125) - n * 1.42860682e-6;
    const float e = 1.0 + r * (1.0 + r * (0.5 + r * (0.16666667 + r * (0.041666668 + r * (0.008333334 + r * (0.0013888889 + r * 0.0001984127))))));
    const int whole = int(n), half_ = whole / 2; // in two steps: 2^n alone may overflow or be subnormal
    return e * intBitsToFloat(half_ + 127 << 23) * intBitsToFloat(whole - half_ + 127 << 23);
}

float lnOf(float x) {
    if (!(x > 0.0)) return x == 0.0 ? uintBitsToFloat(0xFF800000u) : uintBitsToFloat(0x7FC00000u);
    if (isinf(x)) return x;
    const bool small = x < 1.1754944e-38;
    float exponent, rest;
    splitFloat(small ? x * 16777216.0 : x, exponent, rest);
    return (exponent - (small ? 24.0 : 0.0)) * ln2 + lnNear1(rest);
}

/// ln(1 + x), 0 <= x <= 1
float ln1pOf(float x) { return x < 0.41 ? lnNear1(x) : lnOf(1.0 + x); }

/// cos and sin; the quarter turns are split off with pi/2 in three parts (Cody & Waite), good to |x| of some thousands.
vec2 cosSinOf(float x) {
    const float n = round(x * 0.636619772), a = ((x - n * 1.5703125) - n * 4.8351287841796875e-4) - n * 3.13855707645e-7;
    const float z = a * a;
    const float s = a + a * z * (-0.1666666466 + z * (0.008332747105 - z * 0.000195876391));
    const float c = 1.0 - 0.5 * z + z * z * (0.04166666465 + z * (-0.001388830187 + z * 2.454768977e-5));
    const int quarter = int(n) & 3;
    const vec2 p = (quarter & 1) == 0 ? vec2(c, s) : vec2(-s, c);
    return quarter < 2 ? p : -p;
}

float tanhOf(float x) {
    const float size = abs(x), z = x * x;
    if (size < 0.25) return x + x * z * (-0.33333333 + z * (0.13333333 + z * (-0.053968254 + z * 0.021869489)));
    const float e = expOf(-2.0 * min(size, 20.0));
    return sign(x) * (1.0 - e) / (1.0 + e);
}

float sigmoidOf(float x) {
    const float e = expOf(-abs(x));
    return (x < 0.0 ? e : 1.0) / (1.0 + e);
}

/// The normal distribution function: by erf in the middle, by erfc = e^(-z^2) times a slowly falling factor in the tails.
float normalCdf(float x) {
    const float z = abs(x) * 0.707106781;
    if (z < 1.0) {
        const float t = z * z;
        const float f = 1.1283791065 + t * (-0.3761262596 + t * (0.1128359735 + t * (-0.02685432881 + t * (0.005189312156 + t * (-0.0008018855006 + t * 7.882497448e-5)))));
        return 0.5 + 0.5 * sign(x) * z * f;
    }
    const float u = 1.0 / (1.0 + 0.5 * z);
    const float f = -6.491832664e-6 + u * (0.2822579443 + u * (0.2803854346 + u * (0.2564172149 + u * (0.1461745054 + u * (0.1306135505 + u * (-0.007538152393 + u * (-0.1617031842 + u * 0.07377699763)))))));
    const float tail = 0.5 * expOf(-0.5 * x * x) * f;
    return x > 0.0 ? 1.0 - tail : tail;
}
float normalPdf(float x) { return 0.3989422804 * expOf(-0.5 * x * x); }

const float gelu1 = 0.7978845608, gelu3 = 0.044715; // sqrt(2 / pi)

float unary(uint f, float x, float p, float q) {
    switch (f) {
        case 0u: return -x;
        case 1u: return expOf(x);
        case 2u: return lnOf(x);
        case 3u: return sqrt(x);
        case 4u: return 1.0 / sqrt(x);
        case 5u: return 1.0 / x;
        case 6u: return x * x;
        case 7u: return abs(x);
        case 8u: return cosSinOf(x).y;
        case 9u: return cosSinOf(x).x;
        case 10u: return tanhOf(x);
        case 11u: return sigmoidOf(x);
        case 12u: return max(x, 0.0) + ln1pOf(expOf(-abs(x)));
        case 13u: return x > 0.0 ? x : x * 0.0; // a NaN stays one
        case 14u: return x * normalCdf(x);
        case 15u: return x * sigmoidOf(2.0 * gelu1 * x * (1.0 + gelu3 * x * x)); // (1 + tanh u) / 2 = sigmoid(2 u)
        case 16u: return x * sigmoidOf(x);
        case 17u: return p * x + q;
        case 18u: return isnan(x) ? x : clamp(x, p, q);
    }
    return x; // 19u, the identity
}

float slope(uint f, float x, float p, float q) {
    switch (f) {
        case 0u: return -1.0;
        case 1u: return expOf(x);
        case 2u: return 1.0 / x;
        case 3u: return 0.5 / sqrt(x);
        case 4u: return -0.5 / (x * sqrt(x));
        case 5u: return -1.0 / (x * x);
        case 6u: return 2.0 * x;
        case 7u: return sign(x);
        case 8u: return cosSinOf(x).x;
        case 9u: return -cosSinOf(x).y;
        case 10u: {
            const float e = expOf(-2.0 * abs(x)), one = 1.0 + e;
            return 4.0 * e / (one * one);
        }
        case 11u: {
            const float e = expOf(-abs(x)), one = 1.0 + e;
            return e / (one * one);
        }
        case 12u: return sigmoidOf(x);
        case 13u: return x > 0.0 ? 1.0 : 0.0;
        case 14u: return normalCdf(x) + x * normalPdf(x);
        case 15u: {
            const float u = 2.0 * gelu1 * x * (1.0 + gelu3 * x * x), e = expOf(-abs(u)), one = 1.0 + e;
            return sigmoidOf(u) + x * (e / (one * one)) * 2.0 * gelu1 * (1.0 + 3.0 * gelu3 * x * x);
        }
        case 16u: {
            const float e = expOf(-abs(x)), one = 1.0 + e;
            return sigmoidOf(x) + x * (e / (one * one));
        }
        case 17u: return p;
        case 18u: return x >= p && x <= q ? 1.0 : 0.0;
    }
    return 1.0;
}

float binary(uint f, float a, float b) {
    switch (f) {
        case 0u: return a + b;
        case 1u: return a - b;
        case 2u: return a * b;
        case 3u: return a / b;
        case 4u: return isnan(a) || a >= b ? a : b;
        case 5u: return isnan(a) || a <= b ? a : b;
    }
    return a < b ? 1.0 : 0.0;
}
