// SPDX-License-Identifier: GPL-3.0-or-later
// The part of a tile that a grid covers, unless all of its values there are too low to be seen; `at` counts cells from the
// grid's low corner.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "draw/grid.glsl"
#include "draw/tiles.glsl"

layout(push_constant) uniform Push {
    vec4 cellsToClip;
    ivec2 size, viewportPx;
    float least;
};
layout(location = 0) out vec2 at;

vec2 cellsOf(ivec2 pixel) { return (vec2(pixel) / vec2(viewportPx) * 2 - 1 - cellsToClip.zw) / cellsToClip.xy; }

float highest(vec2 low, vec2 high) {
    const ivec2 first = max(ivec2(floor(low - 0.5)) - 1, ivec2(0)), last = min(ivec2(floor(high - 0.5)) + 2, size - 1);
    float top = -1e30;
    for (int y = first.y; y <= last.y; ++y)
        for (int x = first.x; x <= last.x; ++x) top = max(top, cellValue(y * size.x + x));
    return top;
}

void main() {
    const ivec2 tile = tileOf(viewportPx.x);
    const vec2 a = cellsOf(tile * tilePx), b = cellsOf(min((tile + 1) * tilePx, viewportPx));
    const vec2 from = clamp(a, vec2(0), vec2(size)), to = clamp(b, vec2(0), vec2(size));
    const vec2 low = min(from, to), high = max(from, to);
    at = mix(from, to, cornerOfTile());
    gl_Position = vec4(at * cellsToClip.xy + cellsToClip.zw, 0, 1);
    if (!all(lessThan(low, high)) || highest(low, high) < least) gl_Position = vec4(2, 2, 0, 1);
}
