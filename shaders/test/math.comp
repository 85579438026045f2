#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// The functions of common/math.glsl and common/philox.glsl at given words, for tests/diffusion/tst_random.cpp.
#extension GL_GOOGLE_include_directive : require
#include "common/math.glsl"
#include "common/philox.glsl"
#include "common/read.glsl"
layout(local_size_x_id = 0, local_size_y_id = 1, local_size_z_id = 2) in;
READU(0, words);
layout(set = 0, binding = 1, std430) writeonly buffer Values { vec4 values[]; };
layout(set = 0, binding = 2, std430) writeonly buffer Draws { uvec4 draws[]; };
layout(push_constant) uniform Push {
    uvec2 seed;
    uint count, step, stream;
};

void main() {
    const uint i = gl_GlobalInvocationID.x;
    if (i >= count) return;
    const uint word = LOADU(words, i);
    values[i] = vec4(minusLnUnit(word), turn(word), log2Of(uintBitsToFloat(0x00800000u + word % 0x7F000000u)));
    draws[i] = philox(seed, word, step, stream);
}
