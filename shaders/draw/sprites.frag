// SPDX-License-Identifier: GPL-3.0-or-later
// A picture in its colours, its corners rounded; or, of one channel, ink of the sprite's colour over a ground that ends softly.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "draw/sprites.glsl"

layout(set = 0, binding = 1) uniform sampler2D sheet;
layout(location = 0) in vec2 texel;
layout(location = 1) in flat vec4 bounds;
layout(location = 2) in flat vec4 ink;
layout(location = 3) in vec2 within;
layout(location = 0) out vec4 colour;

void main() {
    const vec4 seen = textureLod(sheet, clamp(texel, bounds.xy, bounds.zw) / vec2(textureSize(sheet, 0)), 0);
    const float faded = opacity * ink.a;
    if (channels == 1) {
        const float soft = 1 - smoothstep(0.55, 1.0, length(max(abs(within) - 0.3, 0)) / 0.7);
        const float under = ground.a * soft * (1 - seen.r), all = seen.r + under; // ink over the ground
        colour = vec4((ink.rgb * seen.r + ground.rgb * under) / max(all, 1e-4), all * faded);
    } else {
        const float corner = length(max(abs(within) - 0.75, 0)) / 0.25;
        colour = vec4(seen.rgb, faded * (1 - smoothstep(0.85, 1.0, corner)));
    }
}
