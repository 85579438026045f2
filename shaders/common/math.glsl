// SPDX-License-Identifier: GPL-3.0-or-later
// Elementary functions whose error is ours to state. Vulkan grants sin and cos an absolute error of 2^-11 and log one that
// is unbounded relative to its value near 1: too much for random numbers that a float64 reference shall follow.
// Polynomials: Chebyshev fits in 40 digits. Errors below are measured against float64 by tests/diffusion/tst_random.cpp.

const float ln2 = 0.69314718056, log2e = 1.44269504089;

/// ln(1 + f) for f in [sqrt(1/2) - 1, sqrt(2) - 1]; relative error below 1.5e-7, also for tiny f.
float lnNear1(float f) {
    float r = -0.07683491393;
    r = r * f + 0.1273879844;
    r = r * f - 0.1313154383;
    r = r * f + 0.1420306009;
    r = r * f - 0.1662609322;
    r = r * f + 0.2000128744;
    r = r * f - 0.2500079733;
    r = r * f + 0.3333332967;
    r = r * f - 0.4999999759;
    return f + f * f * r;
}

/// x = 2^exponent (1 + rest) with 1 + rest in [sqrt(1/2), sqrt(2)), for normal x > 0.
void splitFloat(float x, out float exponent, out float rest) {
    int bits = floatBitsToInt(x) - 0x3F3504F3; // bits of sqrt(1/2)
    exponent = float(bits >> 23);
    rest = intBitsToFloat((bits & 0x007FFFFF) + 0x3F3504F3) - 1.0;
}

/// log2 x for normal x > 0; error below 2e-7 (1 + |log2 x|).
float log2Of(float x) {
    float exponent, rest;
    splitFloat(x, exponent, rest);
    return exponent + log2e * lnNear1(rest);
}

/// -ln u of u = (k + 1/2) 2^-32; relative error below 4e-7. Near u = 1 it starts from 1 - u, which is exact in float32.
float minusLnUnit(uint k) {
    if (k >= 0xB504F334u) return -lnNear1(-(float(~k) + 0.5) * 2.3283064365386963e-10);
    float exponent, rest;
    splitFloat(float(k) + 0.5, exponent, rest);
    return (32.0 - exponent) * ln2 - lnNear1(rest);
}

/// cos and sin of 2 pi u, u = (k + 1/2) 2^-32; absolute error below 1.5e-7. The quarter turn is split off in integers.
vec2 turn(uint k) {
    uint shifted = k + 0x20000000u;
    float angle = (float(int(shifted & 0x3FFFFFFFu) - 0x20000000) + 0.5) * 1.4629180792671596e-9; // pi/2 2^-30
    float z = angle * angle;
    float s = angle + angle * z * (-0.1666666466 + z * (0.008332747105 - z * 0.000195876391));
    float c = 1.0 - 0.5 * z + z * z * (0.04166666465 + z * (-0.001388830187 + z * 2.454768977e-5));
    uint quarter = shifted >> 30;
    vec2 p = (quarter & 1u) == 0u ? vec2(c, s) : vec2(-s, c);
    return (quarter & 2u) == 0u ? p : -p;
}

/// Two independent standard normals (Box-Muller) from two words; error below 6e-7 of the pair's radius.
vec2 normalPair(uint a, uint b) { return sqrt(2.0 * minusLnUnit(a)) * turn(b); }
