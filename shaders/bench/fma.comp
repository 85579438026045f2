#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// The ceiling of multiply-add: 32 chains that do not wait for each other. The body of the loop is long because on a CPU
// device a turn of a loop costs as much as some 30 multiply-adds.
layout(local_size_x_id = 0) in;
layout(set = 0, binding = 0, std430) writeonly buffer Sums { float sums[]; };
layout(push_constant) uniform Push { uint rounds; float factor, term; };

vec4 a, b, c, d, e, f, g, h;

void step() { // of all chains
    const vec4 m = vec4(factor), t = vec4(term);
    a = fma(a, m, t), b = fma(b, m, t), c = fma(c, m, t), d = fma(d, m, t);
    e = fma(e, m, t), f = fma(f, m, t), g = fma(g, m, t), h = fma(h, m, t);
}

void main() {
    const vec4 start = vec4(0, 1, 2, 3) + float(gl_GlobalInvocationID.x);
    a = start, b = start + 4, c = start + 8, d = start + 12, e = start + 16, f = start + 20, g = start + 24, h = start + 28;
    for (uint round = 0; round < rounds; ++round) {
        step(), step(), step(), step();
        step(), step(), step(), step();
    }
    const vec4 sum = a + b + c + d + e + f + g + h;
    sums[gl_GlobalInvocationID.x] = sum.x + sum.y + sum.z + sum.w;
}
