// SPDX-License-Identifier: GPL-3.0-or-later
// The part of an image that the viewport shows, as one rectangle: a far enlarged one keeps its precision.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "draw/picture.glsl"

layout(push_constant) uniform Push { Place place; };
layout(location = 0) out vec2 at;

void main() {
    const vec2 corner = vec2(gl_VertexIndex == 1 || gl_VertexIndex == 3 || gl_VertexIndex == 4,
                             gl_VertexIndex == 2 || gl_VertexIndex == 4 || gl_VertexIndex == 5);
    const vec2 a = (vec2(-1) - place.texelsToClip.zw) / place.texelsToClip.xy;
    const vec2 b = (vec2(1) - place.texelsToClip.zw) / place.texelsToClip.xy;
    at = mix(clamp(min(a, b), place.from, place.to), clamp(max(a, b), place.from, place.to), corner);
    gl_Position = vec4(at * place.texelsToClip.xy + place.texelsToClip.zw, 0, 1);
}
