// SPDX-License-Identifier: GPL-3.0-or-later
// The rival of draw/cloud.comp: the same discs, each a quad of the rasteriser.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "common/read.glsl"
#include "draw/cloud.glsl"
READ4(0, places);
READU(1, marks);
layout(location = 0) out flat vec4 middle; // pixel, radius, units
layout(location = 1) out flat vec3 colour;

const float fullSize = 64, leastRadius = 1.25, greatestRadius = 96;

void main() {
    const vec4 point = vec4(LOAD4(places, gl_InstanceIndex).xyz, 1);
    const uint mark = LOADU(marks, gl_InstanceIndex);
    const float w = dot(toW, point);
    const vec2 place = vec2(dot(toX, point), dot(toY, point)) / w;
    const float wanted = radius * float(mark >> 24) / fullSize / w, r = clamp(wanted, leastRadius, greatestRadius);
    const float kept = min(wanted / r, 1);
    float units = centre * kept * kept;
    if (reach > 0) units *= 1 + (farDepth - 1) * clamp((w - 1) / reach * 0.5 + 0.5, 0, 1);
    middle = vec4(place, r, units);
    colour = vec3(mark & 255u, mark >> 8 & 255u, mark >> 16 & 255u);
    const vec2 corner = vec2(gl_VertexIndex == 1 || gl_VertexIndex == 3 || gl_VertexIndex == 4,
                             gl_VertexIndex == 2 || gl_VertexIndex == 4 || gl_VertexIndex == 5) * 2 - 1;
    const bool drawn = mark >> 24 != 0u && w > 0.02;
    gl_Position = drawn ? vec4((place + corner * r) / vec2(size) * 2 - 1, 0, 1) : vec4(2, 2, 0, 1);
}
