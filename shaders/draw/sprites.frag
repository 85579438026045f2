// SPDX-License-Identifier: GPL-3.0-or-later
// A picture in its colours; or, of one channel, ink of the sprite's colour.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "draw/sprites.glsl"

layout(set = 0, binding = 1) uniform sampler2D sheet;
layout(location = 0) in vec2 texel;
layout(location = 1) in flat vec4 bounds;
layout(location = 2) in flat vec3 ink;
layout(location = 0) out vec4 colour;

void main() {
    const vec4 seen = textureLod(sheet, clamp(texel, bounds.xy, bounds.zw) / vec2(textureSize(sheet, 0)), 0);
    if (channels == 1) {
        const float under = ground.a * (1 - seen.r), all = seen.r + under; // ink over the ground
        colour = vec4((ink * seen.r + ground.rgb * under) / max(all, 1e-4), all * opacity);
    } else {
        colour = vec4(seen.rgb, opacity);
    }
}
