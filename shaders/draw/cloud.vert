// SPDX-License-Identifier: GPL-3.0-or-later
// A tile, unless no point fell into it.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "common/read.glsl"
#include "draw/light.glsl"
#include "draw/tiles.glsl"
#include "draw/cloud.glsl"

layout(constant_id = 0) const bool PACKED = false;
READU(0, sums);

void main() {
    const ivec2 tile = tileOf(size.x);
    const vec2 pixel = vec2(min((tile + ivec2(cornerOfTile())) * tilePx, size));
    const int before = PACKED ? 0 : 3 * ((size.x + 3) >> 2) * ((size.y + 3) >> 2) * 16;
    const bool empty = LOADU(sums, before + flagAt(tile, size)) == 0u;
    gl_Position = empty ? vec4(2, 2, 0, 1) : vec4(pixel / vec2(size) * 2 - 1, 0, 1);
}
