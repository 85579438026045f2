#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// All pairs of t-SNE's repulsion: sum_j w^2 (y_i - y_j) and sum_j w, w = 1 / (1 + |y_i - y_j|^2). A point gathers from all
// others in their order, so that neither workgroups nor their size change a bit; four points an invocation share each read.
// On GPUs the others come in several shares, which fill the device; who reads the pushes adds the shares up.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
IN4(0, points) // x, y, z, 0; beyond the last: far away
OUT4(1, pushes) // [shares, padded]: push x, y, z, and the sum of w
layout(push_constant) uniform Push { uint count, padded, shares; }; // padded to a multiple of 4

#define PUSH(n)                                    \
    d = own##n - other;                            \
    w = 1.0 / (1.0 + dot(d, d));                   \
    sum##n += w;                                   \
    force##n += w * w * d;

void main() {
    const uint item = lineIndex(), share = item / (padded / 4u), i = 4u * (item % (padded / 4u));
    if (share >= shares) return;
    const vec3 own0 = points(i).xyz, own1 = points(i + 1u).xyz, own2 = points(i + 2u).xyz, own3 = points(i + 3u).xyz;
    vec3 force0 = vec3(0), force1 = vec3(0), force2 = vec3(0), force3 = vec3(0), d;
    const float itself = share == 0u ? -1.0 : 0.0;
    float sum0 = 0.0, sum1 = 0.0, sum2 = 0.0, sum3 = 0.0, w;
    const uint end = count * (share + 1u) / shares;
    for (uint j = count * share / shares; j < end; ++j) {
        const vec3 other = points(j).xyz;
        PUSH(0)
        PUSH(1)
        PUSH(2)
        PUSH(3)
    }
    const uint to = share * padded + i;
    pushes(to, vec4(force0, sum0 + itself));
    pushes(to + 1u, vec4(force1, sum1 + itself));
    pushes(to + 2u, vec4(force2, sum2 + itself));
    pushes(to + 3u, vec4(force3, sum3 + itself));
}
