#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Natural log of the marginal's density at given places, four per invocation.
#extension GL_GOOGLE_include_directive : require
#include "common/math.glsl"
#include "common/read.glsl"
layout(local_size_x_id = 0, local_size_y_id = 1, local_size_z_id = 2) in;
READ4(0, components);
READ4(1, places); // two each
layout(set = 0, binding = 2, std430) writeonly buffer Densities { vec4 densities[]; };
layout(push_constant) uniform Push {
    uint first, count; // of the table
};
#include "common/mixture.glsl"

void main() {
    const uint i = gl_GlobalInvocationID.x;
    const vec4 a = LOAD4(places, 2u * i), b = LOAD4(places, 2u * i + 1u);
    densities[i] = lnDensity(marginalAt(vec4(a.xz, b.xz), vec4(a.yw, b.yw), first, count));
}
