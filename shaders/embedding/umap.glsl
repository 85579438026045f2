// SPDX-License-Identifier: GPL-3.0-or-later
// What UMAP's kernels share with engine/labs/embedding/umap.cpp: Splitmix64 in two words (Steele, Lea & Flood 2014), and d^2b.

uvec2 add64(uvec2 a, uvec2 b) { // .x low, .y high
    uint carry;
    const uint low = uaddCarry(a.x, b.x, carry);
    return uvec2(low, a.y + b.y + carry);
}
uvec2 times64(uvec2 a, uvec2 b) {
    uint high, low;
    umulExtended(a.x, b.x, high, low);
    return uvec2(low, high + a.x * b.y + a.y * b.x);
}
uvec2 right64(uvec2 a, uint bits) { return uvec2(a.x >> bits | a.y << (32u - bits), a.y >> bits); } // 1 to 31

/// The draw of that number, counted from 0, from a state.
uvec2 splitmix(uvec2 state, uint number) {
    uvec2 z = add64(state, times64(uvec2(0x7F4A7C15u, 0x9E3779B9u), uvec2(number + 1u, 0u)));
    z = times64(z ^ right64(z, 30u), uvec2(0x1CE4E5B9u, 0xBF58476Du));
    z = times64(z ^ right64(z, 27u), uvec2(0x133111EBu, 0x94D049BBu));
    return z ^ right64(z, 31u);
}

/// word / 2^32 of n, rounded down
uint below(uint word, uint n) {
    uint high, low;
    umulExtended(word, n, high, low);
    return high;
}

/// 2^x for |x| <= 126 (clamped); relative error below 4e-7.
float exp2Of(float x) {
    const float inside = clamp(x, -126.0, 126.0), whole = floor(inside + 0.5), r = (inside - whole) * ln2;
    float e = r * 0.0013888889 + 0.008333334;
    e = e * r + 0.041666668;
    e = e * r + 0.16666667;
    e = e * r + 0.5;
    e = e * r + 1.0;
    e = e * r + 1.0;
    return e * intBitsToFloat((int(whole) + 127) << 23);
}
