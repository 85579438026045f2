#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Unsigned keys whose order is that of the numbers, either way round: -0 equals 0, NaN is the greatest both ways. Rows of
// `size` may be filled up to `wide`, a multiple of four, with keys that nothing goes behind.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
layout(constant_id = 4) const bool descending = false;
IN4(0, x)
layout(set = 0, binding = 1, std430) writeonly buffer Keys { uvec4 keys[]; };
layout(push_constant) uniform Push { uint count, size, wide; }; // groups of four of the keys

uint keyOf(uint bits) {
    if ((bits & 0x7FFFFFFFu) > 0x7F800000u) return 0xFFFFFFFFu;
    if (bits == 0x80000000u) bits = 0u;
    const uint key = (bits >> 31) == 1u ? ~bits : bits | 0x80000000u;
    return descending ? ~key : key;
}

void main() {
    const uint i = lineIndex();
    if (i >= count) return;
    uvec4 four = uvec4(0xFFFFFFFFu);
    if (size == wide) {
        const uvec4 bits = floatBitsToUint(x(i));
        for (int k = 0; k < 4; ++k) four[k] = keyOf(bits[k]);
    } else {
        const uint row = 4 * i / wide, column = 4 * i % wide;
        for (uint k = 0; k < min(4u, size - column); ++k) {
            const uint place = row * size + column + k;
            four[k] = keyOf(floatBitsToUint(x(place >> 2)[place & 3u]));
        }
    }
    keys[i] = four;
}
