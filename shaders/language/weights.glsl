// SPDX-License-Identifier: GPL-3.0-or-later
// Weights as they are stored: 16 bytes are four float32, or eight numbers of 16 bits. Values are exact, but that a device may
// take a float16 below 6e-5 for zero.
#include "common/read.glsl"

#ifdef READ_TEXEL
#define READW(slot, name) layout(set = 0, binding = slot) uniform usamplerBuffer name
#define LOADW(name, i) texelFetch(name, int(i))
#else
#define READW(slot, name) layout(set = 0, binding = slot, std430) readonly buffer name##_ { uvec4 v[]; } name
#define LOADW(name, i) name.v[i]
#endif

const uint typeF32 = 0u, typeF16 = 1u, typeBf16 = 2u;

vec4 halves(uint a, uint b) { return vec4(unpackHalf2x16(a), unpackHalf2x16(b)); }
vec4 brains(uint a, uint b) {
    return vec4(uintBitsToFloat(a << 16), uintBitsToFloat(a & 0xFFFF0000u), uintBitsToFloat(b << 16),
                uintBitsToFloat(b & 0xFFFF0000u));
}
