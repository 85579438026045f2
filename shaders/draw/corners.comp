#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Where grids are read bilinearly: the four values around each cell in one vec4, so that a pixel needs one read instead of
// four. In the order right, up, own, up and right: channel z stays the cell's own value.
#extension GL_GOOGLE_include_directive : require
#include "draw/grid.glsl"
layout(local_size_x_id = 0, local_size_y_id = 1, local_size_z_id = 2) in;
layout(set = 0, binding = 1, std430) writeonly buffer Corners { vec4 corners[]; };
layout(push_constant) uniform Push { ivec2 size; };

void main() {
    const int i = int(gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * gl_NumWorkGroups.x * gl_WorkGroupSize.x);
    if (i >= size.x * size.y) return;
    const ivec2 cell = ivec2(i % size.x, i / size.x);
    const int right = cell.x + 1 < size.x ? 1 : 0, up = cell.y + 1 < size.y ? size.x : 0;
    corners[i] = vec4(cellValue(i + right), cellValue(i + up), cellValue(i), cellValue(i + up + right));
}
