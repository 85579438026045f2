// SPDX-License-Identifier: GPL-3.0-or-later
// A value as a format would hold it; the formats' numbers are those of ops/quantise.h roundingCode(). Needs common/formats.glsl.
const uint asIs = 0u, toFp16 = 1u, toBf16 = 2u, toE4m3 = 3u, toE5m2 = 4u;

float rounded(uint format, float x, bool stochastic, uint word) {
    if (format == asIs) return x;
    const FloatFormat f = format == toFp16 ? fp16Format : format == toBf16 ? bf16Format : format == toE4m3 ? e4m3Format : e5m2Format;
    const uint code = encodeFloat(f, floatBitsToUint(x), stochastic ? roundStochastic : roundNearestEven, word, false);
    return uintBitsToFloat(decodeFloat(f, code));
}
