// SPDX-License-Identifier: GPL-3.0-or-later
// Number formats by integer bit code, the twin of engine/tensor/formats.h, bit for bit: devices may flush subnormals or round
// toward zero where they convert by themselves. Codes are uint, float32 goes in and out as its bits or as a float.
// Vulkan lets a device flush float32 subnormals in arithmetic and on the way into a function of floats. To nearest that
// changes no half and no FP8 (they round to zero as well), only bf16, whose exponents are float32's: there use the bits.

struct FloatFormat {
    int mantissaBits, bias, signAt;
    uint overflowCode; ///< infinity, or the only NaN where there is no infinity
    bool hasInfinity;
};
const FloatFormat fp16Format = FloatFormat(10, 15, 15, 0x7C00u, true);
const FloatFormat bf16Format = FloatFormat(7, 127, 15, 0x7F80u, true);
const FloatFormat e4m3Format = FloatFormat(3, 7, 7, 0x7Fu, false);
const FloatFormat e5m2Format = FloatFormat(2, 15, 7, 0x7Cu, true);

const int roundNearestEven = 0, roundTowardZero = 1, roundStochastic = 2;

/// Any of the four formats; `word`: a fresh random word for stochastic rounding (up in magnitude when word is less than the
/// top 32 bits of what is cut off); `saturate`: overflow and infinities become the greatest finite number.
uint encodeFloat(FloatFormat f, uint bits, int rounding, uint word, bool saturate) {
    const uint sign = (bits >> 31) << f.signAt, magnitude = bits & 0x7FFFFFFFu;
    if (magnitude > 0x7F800000u) {
        if (!f.hasInfinity) return sign | f.overflowCode;
        return sign | f.overflowCode | (magnitude & 0x7FFFFFu) >> (23 - f.mantissaBits) | 1u << (f.mantissaBits - 1);
    }
    const uint greatest = f.overflowCode - 1u, overflow = saturate ? greatest : f.overflowCode;
    if (magnitude == 0x7F800000u) return sign | overflow;

    const int field = int(magnitude >> 23);
    const uint significand = field > 0 ? (magnitude & 0x7FFFFFu) | 0x800000u : magnitude;
    const int exponent = max(field, 1) - 127, least = 1 - f.bias, binade = max(exponent, least);
    const int shift = binade - f.mantissaBits - (exponent - 23); // at least 13
    const uint kept = shift > 24 ? 0u : significand >> shift;
    uint up = 0u;
    if (rounding == roundStochastic) {
        const uint fraction = shift < 32 ? significand << (32 - shift) : shift < 64 ? significand >> (shift - 32) : 0u;
        up = word < fraction ? 1u : 0u;
    } else if (rounding == roundNearestEven && shift < 25) { // from 25 on it is under a half
        const uint middle = 1u << (shift - 1), rest = significand & (2u * middle - 1u);
        up = rest > middle || (rest == middle && (kept & 1u) == 1u) ? 1u : 0u;
    }
    const uint code = (uint(binade - least) << f.mantissaBits) + kept + up; // a carry moves into the exponent
    if (code <= greatest) return sign | code;
    return sign | (rounding == roundTowardZero ? greatest : overflow);
}

/// The bits of the float32 that equals the code. A bf16 subnormal is a float32 subnormal.
uint decodeFloat(FloatFormat f, uint code) {
    const uint sign = (code >> f.signAt & 1u) << 31, magnitude = code & ((1u << f.signAt) - 1u);
    const uint field = magnitude >> f.mantissaBits, fraction = magnitude & ((1u << f.mantissaBits) - 1u);
    if (magnitude >= f.overflowCode) {
        return sign | 0x7F800000u | (f.hasInfinity ? fraction << (23 - f.mantissaBits) : 0x400000u);
    }
    const uint rebias = uint(127 - f.bias) << 23;
    if (field > 0u || f.bias == 127) return sign | (magnitude << (23 - f.mantissaBits)) + rebias;
    if (fraction == 0u) return sign;
    const int top = findMSB(fraction);
    const uint exponent = uint(1 - f.bias - f.mantissaBits + top + 127);
    return sign | exponent << 23 | (fraction << (23 - top) & 0x7FFFFFu);
}

/// fp16 to nearest, ties to even; subnormals kept, infinity from 65520, NaN quiet.
uint halfBits(float x) {
    const uint bits = floatBitsToUint(x), sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7FFFFFFFu;
    if (magnitude > 0x7F800000u) return sign | 0x7E00u | (magnitude >> 13 & 0x3FFu);
    if (magnitude >= 0x477FF000u) return sign | 0x7C00u;
    if (magnitude >= 0x38800000u) return sign | (magnitude - 0x38000000u + 0xFFFu + (magnitude >> 13 & 1u)) >> 13;
    if (magnitude <= 0x33000000u) return sign; // 2^-25, the tie with zero
    const uint shift = 126u - (magnitude >> 23), significand = (magnitude & 0x7FFFFFu) | 0x800000u;
    return sign | (significand + (1u << (shift - 1u)) - 1u + (significand >> shift & 1u)) >> shift;
}
float halfValue(uint code) {
    const uint sign = (code & 0x8000u) << 16, magnitude = code & 0x7FFFu;
    if (magnitude >= 0x7C00u) return uintBitsToFloat(sign | 0x7F800000u | (magnitude & 0x3FFu) << 13);
    if (magnitude >= 0x400u) return uintBitsToFloat(sign | (magnitude << 13) + 0x38000000u);
    return uintBitsToFloat(sign | floatBitsToUint(float(magnitude) * 5.9604644775390625e-8)); // 2^-24: exact, normal or 0
}

/// bf16 to nearest, ties to even, by its code and by the bits of a float32.
uint bf16BitsOf(uint bits) {
    if ((bits & 0x7FFFFFFFu) > 0x7F800000u) return bits >> 16 | 0x40u;
    return bits + 0x7FFFu + (bits >> 16 & 1u) >> 16;
}
uint bf16Bits(float x) { return bf16BitsOf(floatBitsToUint(x)); }
float bf16Value(uint code) { return uintBitsToFloat(code << 16); }

/// x as the format would hold it, to nearest; overflow gives infinity, in e4m3 NaN.
float roundHalf(float x) { return halfValue(halfBits(x)); }
float roundBf16(float x) { return bf16Value(bf16Bits(x)); }
float roundE4m3(float x) {
    return uintBitsToFloat(decodeFloat(e4m3Format, encodeFloat(e4m3Format, floatBitsToUint(x), roundNearestEven, 0u, false)));
}
float roundE5m2(float x) {
    return uintBitsToFloat(decodeFloat(e5m2Format, encodeFloat(e5m2Format, floatBitsToUint(x), roundNearestEven, 0u, false)));
}

/// x as the format would hold it, the neighbour chosen by a fresh random word so that the mean is x.
float roundRandomly(FloatFormat f, float x, uint word) {
    return uintBitsToFloat(decodeFloat(f, encodeFloat(f, floatBitsToUint(x), roundStochastic, word, false)));
}
