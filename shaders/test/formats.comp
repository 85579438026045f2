#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// The functions of common/formats.glsl at given words, for tests/tensor/tst_formats_gpu.cpp: a word is taken as the bits of a
// float32 to encode and, its low bits, as a code to decode.
#extension GL_GOOGLE_include_directive : require
#include "common/formats.glsl"
#include "common/read.glsl"
layout(local_size_x_id = 0, local_size_y_id = 1, local_size_z_id = 2) in;
READU(0, words);
READU(1, randoms);
layout(set = 0, binding = 2, std430) writeonly buffer Answers { uvec4 answers[]; }; // 6 per word
layout(push_constant) uniform Push { uint count, rounding, saturate; };

void main() {
    const uint i = gl_GlobalInvocationID.x;
    if (i >= count) return;
    const uint bits = LOADU(words, i), random = LOADU(randoms, i);
    const int mode = int(rounding);
    const bool clamped = saturate != 0u;
    const float x = uintBitsToFloat(bits);
    answers[6u * i] =
        uvec4(encodeFloat(fp16Format, bits, mode, random, clamped), encodeFloat(bf16Format, bits, mode, random, clamped),
              encodeFloat(e4m3Format, bits, mode, random, clamped), encodeFloat(e5m2Format, bits, mode, random, clamped));
    answers[6u * i + 1u] = uvec4(decodeFloat(fp16Format, bits & 0xFFFFu), decodeFloat(bf16Format, bits & 0xFFFFu),
                                 decodeFloat(e4m3Format, bits & 0xFFu), decodeFloat(e5m2Format, bits & 0xFFu));
    answers[6u * i + 2u] = uvec4(floatBitsToUint(roundHalf(x)), floatBitsToUint(roundBf16(x)), floatBitsToUint(roundE4m3(x)),
                                 floatBitsToUint(roundE5m2(x)));
    answers[6u * i + 3u] = uvec4(halfBits(x), bf16BitsOf(bits), bf16Bits(x), floatBitsToUint(halfValue(bits & 0xFFFFu)));
    answers[6u * i + 4u] =
        uvec4(floatBitsToUint(roundRandomly(fp16Format, x, random)), floatBitsToUint(roundRandomly(bf16Format, x, random)),
              floatBitsToUint(roundRandomly(e4m3Format, x, random)), floatBitsToUint(roundRandomly(e5m2Format, x, random)));
    answers[6u * i + 5u] = uvec4(packHalf2x16(vec2(x, 0.0)), floatBitsToUint(unpackHalf2x16(bits & 0xFFFFu).x), 0u, 0u);
}
