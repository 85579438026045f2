// SPDX-License-Identifier: GPL-3.0-or-later
// One segment: a box around it, its ends in pixels, and the planes that part it from its neighbours, so that no pixel of a
// joint is drawn twice.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "common/read.glsl"

READ2(0, places);
layout(push_constant) uniform Push {
    vec4 toClip, colour;
    vec2 viewportPx;
    uint stride, columns;
    int first, last;
    float halfWidthPx, fade;
    uint firstColumn;
};
layout(location = 0) out flat vec4 ends;
layout(location = 1) out flat vec4 planes; // normals at the two ends; zero: a free end
layout(location = 2) out flat vec2 opacity; // at the two ends

vec2 pixel(int row, uint column) {
    return ((LOAD2(places, row * int(stride) + int(firstColumn + column)) * toClip.xy + toClip.zw) * 0.5 + 0.5) * viewportPx;
}

vec2 direction(vec2 from, vec2 to) {
    const float size = distance(from, to);
    return size > 0 && size < 1e9 ? (to - from) / size : vec2(0);
}

// The way of a line before or after a place, past rows that repeat it; zero where the line ends there.
vec2 continued(vec2 place, int row, int step, uint column) {
    for (int r = row + step, n = 0; r >= first && r <= last && n < 8; r += step, ++n) {
        const vec2 way = direction(place, pixel(r, column)) * step;
        if (way != vec2(0)) return way;
    }
    return vec2(0);
}

void main() {
    const uint segment = gl_VertexIndex / 6, corner = gl_VertexIndex % 6, column = segment % columns;
    const int row = first + int(segment / columns);
    const vec2 a = pixel(row, column), b = pixel(row + 1, column);
    gl_Position = vec4(2, 2, 0, 1);
    ends = planes = vec4(0);
    opacity = vec2(0);
    if (!(all(lessThan(abs(a), vec2(1e6))) && all(lessThan(abs(b), vec2(1e6))))) return; // not finite, or far out

    const vec2 along = direction(a, b);
    if (along == vec2(0)) return;
    const vec2 before = continued(a, row, -1, column), after = continued(b, row + 1, 1, column);
    ends = vec4(a, b);
    planes = vec4(before == vec2(0) ? vec2(0) : before + along, after == vec2(0) ? vec2(0) : along + after);
    const float atEnd = corner == 1 || corner == 3 || corner == 4 ? 1 : 0;
    const float side = corner == 2 || corner == 4 || corner == 5 ? 1 : -1;
    opacity = 1 - fade * (1 - (float(row - first) + vec2(0, 1)) / float(last - first));
    const float margin = halfWidthPx + 1;
    const vec2 place = mix(a, b, atEnd) + (along * (2 * atEnd - 1) + vec2(-along.y, along.x) * side) * margin;
    gl_Position.xy = place / viewportPx * 2 - 1;
}
