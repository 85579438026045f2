#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// The mixture's table at one time (common/mixture.glsl) from vec4(mu_x, mu_y, s^2, log2 weight).
#extension GL_GOOGLE_include_directive : require
#include "common/math.glsl"
#include "common/read.glsl"
layout(local_size_x_id = 0, local_size_y_id = 1, local_size_z_id = 2) in;
READ4(0, data);
layout(set = 0, binding = 1, std430) writeonly buffer Table { vec4 table[]; };
layout(push_constant) uniform Push {
    uint first, count, padded; // written from `first` on
    float alpha, alpha2, variance;
};

void main() {
    const uint i = gl_GlobalInvocationID.x;
    if (i >= padded) return;
    vec4 row = vec4(0, 0, -3e38, 0);
    if (i < count) {
        const vec4 m = LOAD4(data, i);
        const float c = max(alpha2 * m.z + variance, 1e-12);
        row = vec4(alpha * m.xy, m.w - log2Of(c), 0.5 * log2e / c);
    }
    table[first + i] = row;
}
