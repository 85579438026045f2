#version 450
#extension GL_GOOGLE_include_directive : require
// SPDX-License-Identifier: GPL-3.0-or-later
// The ceiling of reads: every invocation walks through a table that stays in the cache, as a loop over the components
// of a mixture does. The start differs between rounds so that no round can be left out.
#include "common/read.glsl"
layout(local_size_x_id = 0) in;
READ4(0, table);
layout(set = 0, binding = 1, std430) writeonly buffer Sums { float sums[]; };
layout(push_constant) uniform Push { uint rounds, mask; };

void main() {
    vec4 a = vec4(0), b = vec4(0), c = vec4(0), d = vec4(0);
    for (uint round = 0; round < rounds; ++round)
        for (uint i = 0; i <= mask; i += 8) { // a long body as in fma.comp
            const uint at = i ^ (round & mask & ~7u);
            a += LOAD4(table, at) + LOAD4(table, at + 1);
            b += LOAD4(table, at + 2) + LOAD4(table, at + 3);
            c += LOAD4(table, at + 4) + LOAD4(table, at + 5);
            d += LOAD4(table, at + 6) + LOAD4(table, at + 7);
        }
    const vec4 sum = a + b + c + d;
    sums[gl_GlobalInvocationID.x] = sum.x + sum.y + sum.z + sum.w;
}
