// SPDX-License-Identifier: GPL-3.0-or-later
// One sprite: its middle and half its size in pixels, which picture of the sheet, and a colour.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "common/read.glsl"
#include "draw/sprites.glsl"

READ4(0, sprites);
layout(location = 0) out vec2 texel;
layout(location = 1) out flat vec4 bounds; // of the picture in the sheet, less half a texel
layout(location = 2) out flat vec4 ink;
layout(location = 3) out vec2 within; // -1 to 1, edge to edge

void main() {
    const int sprite = gl_VertexIndex / 6, corner = gl_VertexIndex % 6;
    const vec2 at = vec2(corner == 1 || corner == 3 || corner == 4, corner == 2 || corner == 4 || corner == 5);
    const vec4 place = LOAD4(sprites, 2 * sprite);
    const int picture = int(place.w + 0.5);
    const vec2 low = vec2(picture % across, picture / across) * vec2(slot);
    texel = low + at * vec2(slot);
    bounds = vec4(low + 0.5, low + vec2(slot) - 0.5);
    ink = LOAD4(sprites, 2 * sprite + 1);
    within = 2 * at - 1;
    const float aspect = float(slot.x) / float(slot.y);
    const vec2 half_ = place.z * (aspect > 1 ? vec2(1, 1 / aspect) : vec2(aspect, 1));
    gl_Position = vec4((place.xy + (2 * at - 1) * half_) / viewportPx * 2 - 1, 0, 1);
}
