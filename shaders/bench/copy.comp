#version 450
#extension GL_GOOGLE_include_directive : require
// SPDX-License-Identifier: GPL-3.0-or-later
// The ceiling of memory traffic: 16 bytes read and 16 written per item, four items per invocation.
#include "common/read.glsl"
layout(local_size_x_id = 0) in;
READ4(0, from);
layout(set = 0, binding = 1, std430) writeonly buffer To { vec4 to[]; };
layout(push_constant) uniform Push { uint count; };

void main() {
    const uint stride = gl_NumWorkGroups.x * gl_WorkGroupSize.x;
    for (uint i = gl_GlobalInvocationID.x; i < count; i += stride) to[i] = LOAD4(from, i);
}
