// SPDX-License-Identifier: GPL-3.0-or-later
// Enlarged texels are squares whose borders are one pixel soft; at their own size they are what they are.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "draw/picture.glsl"

layout(set = 0, binding = 0) uniform sampler2D picture;
layout(push_constant) uniform Push {
    Place place;
    float opacity;
};
layout(location = 0) in vec2 at;
layout(location = 0) out vec4 colour;

void main() {
    const vec2 border = floor(at + 0.5), soft = min(place.texelsPerPx, vec2(1));
    const vec2 sharp = border + clamp((at - border) / soft, -0.5, 0.5);
    colour = textureLod(picture, sharp / place.size, 0) * vec4(1, 1, 1, opacity);
}
