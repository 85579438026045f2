#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Integers and floats: i32 or u8 to f32, f32 to i32. Four elements per invocation. (f32 and f16 are elementwise.comp's.)
#extension GL_GOOGLE_include_directive : require
#include "common/read.glsl"
#include "common/tensor.glsl"
layout(constant_id = 4) const uint way = 0u; // 0: from i32, 1: from u8, 2: to i32
READU(0, x);
layout(set = 0, binding = 1, std430) writeonly buffer Y { uint y[]; };
layout(push_constant) uniform Push { uint count; };

void main() {
    const uint i = lineIndex();
    if (i >= count) return;
    for (uint k = 0; k < 4; ++k) {
        const uint word = way == 1u ? LOADU(x, i) >> 8 * k & 0xFFu : LOADU(x, 4 * i + k);
        y[4 * i + k] = way == 0u ? floatBitsToUint(float(int(word)))
                     : way == 1u ? floatBitsToUint(float(word))
                                 : uint(int(uintBitsToFloat(word)));
    }
}
