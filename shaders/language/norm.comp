#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// RMSNorm or LayerNorm of each node, one workgroup a node. Rows are filled up with zeros, and so is what is written.
#extension GL_GOOGLE_include_directive : require
#include "common/read.glsl"

layout(local_size_x_id = 0, local_size_y_id = 1, local_size_z_id = 2) in;
layout(constant_id = 3) const uint centred = 0u; // LayerNorm

READ4(0, x);
READ4(1, weight);
READ4(2, bias);
layout(set = 0, binding = 3, std430) writeonly buffer Y { vec4 y[]; };

layout(push_constant) uniform Push {
    uint width;  // in floats
    uint groups; // in vec4
    float epsilon;
};

const uint locals = 128u;
shared float part[locals];

float total(float mine) {
    const uint t = gl_LocalInvocationID.x;
    barrier();
    part[t] = mine;
    barrier();
    for (uint step = locals / 2u; step > 0u; step /= 2u) {
        if (t < step) part[t] += part[t + step];
        barrier();
    }
    return part[0];
}

float added(vec4 v) { return (v.x + v.y) + (v.z + v.w); }

/// Zero beyond the width.
vec4 within(uint k, vec4 v) { return mix(vec4(0), v, lessThan(4u * k + uvec4(0, 1, 2, 3), uvec4(width))); }

void main() {
    const uint t = gl_LocalInvocationID.x, row = gl_WorkGroupID.x * groups;
    float mean = 0.0;
    if (centred != 0u) {
        vec4 sum = vec4(0);
        for (uint k = t; k < groups; k += locals) sum += LOAD4(x, row + k);
        mean = total(added(sum)) / float(width);
    }
    vec4 squares = vec4(0);
    for (uint k = t; k < groups; k += locals) {
        const vec4 d = within(k, LOAD4(x, row + k) - mean);
        squares += d * d;
    }
    const float scale = 1.0 / sqrt(total(added(squares)) / float(width) + epsilon);
    for (uint k = t; k < groups; k += locals) {
        vec4 v = (LOAD4(x, row + k) - mean) * scale * LOAD4(weight, k);
        if (centred != 0u) v += LOAD4(bias, k);
        y[row + k] = within(k, v);
    }
}
