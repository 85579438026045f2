// SPDX-License-Identifier: GPL-3.0-or-later
// The pixel itself where it is large on the screen, a mixture of four where pixels are smaller than the screen's.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "common/read.glsl"

READU(0, pixels);
layout(push_constant) uniform Push {
    vec4 pixelsToClip;
    ivec2 size;
    float opacity;
    bool smoothly;
};
layout(location = 0) in vec2 at;
layout(location = 0) out vec4 colour;

vec4 pixel(ivec2 place) {
    const ivec2 inside = clamp(place, ivec2(0), size - 1);
    return unpackUnorm4x8(LOADU(pixels, inside.y * size.x + inside.x));
}

void main() {
    vec4 value;
    if (smoothly) {
        const vec2 place = at - 0.5;
        const ivec2 low = ivec2(floor(place));
        const vec2 share = place - vec2(low);
        value = mix(mix(pixel(low), pixel(low + ivec2(1, 0)), share.x), mix(pixel(low + ivec2(0, 1)), pixel(low + 1), share.x), share.y);
    } else {
        value = pixel(ivec2(floor(at)));
    }
    colour = vec4(value.rgb, value.a * opacity);
}
