// SPDX-License-Identifier: GPL-3.0-or-later
// A tile, unless no light fell into it.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "common/read.glsl"
#include "draw/light.glsl"
#include "draw/tiles.glsl"

READU(0, sums);
layout(push_constant) uniform Push {
    vec3 colour;
    float perUnit;
    ivec2 size;
};

void main() {
    const ivec2 tile = tileOf(size.x);
    const vec2 pixel = vec2(min((tile + ivec2(cornerOfTile())) * tilePx, size));
    const bool dark = LOADU(sums, flagAt(tile, size)) == 0u;
    gl_Position = dark ? vec4(2, 2, 0, 1) : vec4(pixel / vec2(size) * 2 - 1, 0, 1);
}
