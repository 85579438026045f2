#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Sums of x, y, x^2, y^2, each invocation over every stride-th particle; the host adds the partial sums in float64.
// The data is standardised, so means are near 0 and the squares lose nothing.
#extension GL_GOOGLE_include_directive : require
#include "common/read.glsl"
layout(local_size_x_id = 0, local_size_y_id = 1, local_size_z_id = 2) in;
READ2(0, places);
layout(set = 0, binding = 1, std430) writeonly buffer Sums { vec4 sums[]; };
layout(push_constant) uniform Push {
    uint particles, stride, row; // stride: invocations in all
};

void main() {
    const uint lane = gl_GlobalInvocationID.x;
    vec4 sum = vec4(0);
    for (uint i = lane; i < particles; i += stride) {
        const vec2 x = LOAD2(places, i);
        sum += vec4(x, x * x);
    }
    sums[row * stride + lane] = sum;
}
