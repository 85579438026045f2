// SPDX-License-Identifier: GPL-3.0-or-later
// One arrow per cell: its tail at the centre, its length m / (m + half) of the longest.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "common/read.glsl"

READ4(0, cells);
layout(push_constant) uniform Push {
    vec4 cellsToClip, colour;
    vec2 viewportPx;
    uint columns;
    float longestPx, half_, widthPx;
};
layout(location = 0) out vec2 local; // pixels along and across
layout(location = 1) out flat vec2 arrow; // length, and that of the head

void main() {
    const uint cell = gl_VertexIndex / 6, corner = gl_VertexIndex % 6;
    const vec2 v = LOAD4(cells, cell).xy;
    const float largest = max(abs(v.x), abs(v.y));
    const float magnitude = largest * length(v / largest); // no square that overflows
    gl_Position = vec4(2, 2, 0, 1);
    local = arrow = vec2(0);
    if (!(magnitude > 0 && magnitude < 1e37)) return;

    const vec2 along = v / magnitude * sign(cellsToClip.xy), across = vec2(-along.y, along.x);
    const float size = longestPx * magnitude / (magnitude + half_);
    arrow = vec2(size, min(0.45 * size, 2 + 3 * widthPx));
    const float margin = 1 + 0.5 * widthPx;
    const vec2 side = vec2(corner == 1 || corner == 3 || corner == 4, corner == 2 || corner == 4 || corner == 5);
    local = mix(vec2(-margin, -0.5 * arrow.y - margin), vec2(size + margin, 0.5 * arrow.y + margin), side);
    const vec2 tail = (vec2(cell % columns, cell / columns) + 0.5) * cellsToClip.xy + cellsToClip.zw;
    gl_Position.xy = tail + (along * local.x + across * local.y) * 2 / viewportPx;
}
