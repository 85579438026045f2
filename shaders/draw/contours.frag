// SPDX-License-Identifier: GPL-3.0-or-later
// Lines where the logarithm passes a level; their distance in pixels is the distance in levels over its slope.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "draw/grid.glsl"

layout(push_constant) uniform Push {
    vec4 cellsToClip;
    ivec2 size, viewportPx;
    float least;
    float perUnit, lowest, widthPx;
    vec4 line;
};
layout(location = 0) in vec2 at;
layout(location = 0) out vec4 colour;

void main() {
    const vec3 value = gridValue(at, size) * perUnit;
    const float level = value.x;
    const float nearest = round(level);
    const float slope = length(value.yz / (cellsToClip.xy * 0.5 * vec2(viewportPx))); // levels per pixel
    const float distancePx = abs(level - nearest) / max(slope, 1e-9);
    const float cover = clamp(0.5 + 0.5 * widthPx - distancePx, 0, 1) * min(widthPx, 1);
    // Lines closer than a few of their widths would merge into a grey; they give way before.
    const float room = smoothstep(2.5, 6, 1 / max(slope * max(widthPx, 1), 1e-9));
    colour = vec4(line.rgb, nearest < lowest ? 0 : line.a * cover * room);
}
