#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// From the network's outputs over a grid: vec4(learned score - less x exact score, a logarithm, 0). With less = 0 the learned
// score itself, beside ln of the true density; else ln of the difference's length.
#extension GL_GOOGLE_include_directive : require
#include "common/math.glsl"
#include "common/read.glsl"
layout(local_size_x_id = 0, local_size_y_id = 1, local_size_z_id = 2) in;
READ4(0, exact);
READ2(1, places);
READ2(2, outputs);
layout(set = 0, binding = 3, std430) writeonly buffer Cells { vec4 cells[]; };
layout(push_constant) uniform Push {
    uint first, count; // of the cells
    float ofPlace, ofOutput, less;
};

void main() {
    const uint i = gl_GlobalInvocationID.x, cell = first + i;
    if (cell >= count) return;
    const vec4 e = LOAD4(exact, cell);
    const vec2 s = ofPlace * LOAD2(places, cell) + ofOutput * LOAD2(outputs, i) - less * e.xy;
    float third = e.z;
    if (less != 0) third = ln2 * log2Of(max(length(s), 1e-30));
    cells[cell] = vec4(s, third, 0);
}
