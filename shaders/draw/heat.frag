// SPDX-License-Identifier: GPL-3.0-or-later
// Value to share to colour. The palette is so fine that the nearest entry is good: nothing to interpolate.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "draw/grid.glsl"

READ4(1, palettes);
layout(push_constant) uniform Push {
    vec4 cellsToClip;
    ivec2 size, viewportPx;
    float least;
    float scale, offset; // place in the palette = value * scale + offset
    float opacity;
    int first, last; // entries of the palette
    bool exponential;
};
layout(location = 0) in vec2 at;
layout(location = 0) out vec4 colour;

// Half a step of the 8-bit target, in a fixed order over the pixels, hides the steps (Jimenez 2014).
float dither() { return (fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715)))) - 0.5) / 255; }

void main() {
    const float value = gridValue(at, size).x;
    const float place = (exponential ? exp(value) : value) * scale + offset;
    colour = LOAD4(palettes, int(clamp(place, float(first), float(last)))) * vec4(1, 1, 1, opacity) + vec4(vec3(dither()), 0);
}
