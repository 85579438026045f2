#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// The ceiling of exp2: 16 chains x <- 2^-x, which stay between 0 and 1; a long body as in fma.comp.
layout(local_size_x_id = 0) in;
layout(set = 0, binding = 0, std430) writeonly buffer Sums { float sums[]; };
layout(push_constant) uniform Push { uint rounds; };

vec4 a, b, c, d;

void step() { a = exp2(-a), b = exp2(-b), c = exp2(-c), d = exp2(-d); }

void main() {
    const vec4 start = vec4(0, 1, 2, 3) / 16 + float(gl_GlobalInvocationID.x & 1023u) / 2048;
    a = start, b = start / 2, c = start / 3, d = start / 4;
    for (uint round = 0; round < rounds; ++round) step(), step(), step(), step();
    const vec4 sum = a + b + c + d;
    sums[gl_GlobalInvocationID.x] = sum.x + sum.y + sum.z + sum.w;
}
