// SPDX-License-Identifier: GPL-3.0-or-later
#version 450

layout(push_constant) uniform Push { vec4 toClip; };
layout(location = 0) in vec2 place;
layout(location = 1) in vec2 texel;
layout(location = 2) in vec4 tint;
layout(location = 0) out vec2 texelOut;
layout(location = 1) out vec4 tintOut;

void main() {
    texelOut = texel;
    tintOut = tint;
    gl_Position = vec4(place * toClip.xy + toClip.zw, 0, 1);
}
