#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Row index[i] of the table's gradient: the sum of dy along the chain that begins at place i, in the order of places. Each
// row is written by one invocation per group of four columns; rows that no index names are zeros already.
#extension GL_GOOGLE_include_directive : require
layout(push_constant) uniform Push { uint rows, size; };
#include "tensor/rows.glsl"
ROW_IN(0, dy)
INI(1, index)
INI(2, link)
ROW_OUT(3, dtable)

void main() {
    const uint k = gl_GlobalInvocationID.x, i = gl_GlobalInvocationID.y + gl_GlobalInvocationID.z * gl_NumWorkGroups.y;
    if (i >= rows || k >= groupCount()) return;
    const int head = link(i);
    if (head >= 0) return;
    vec4 sum = dy(i, k);
    for (uint next = uint(~head); next < rows; next = uint(link(next))) sum += dy(next, k);
    dtable(uint(index(i)), k, sum);
}
