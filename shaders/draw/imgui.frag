// SPDX-License-Identifier: GPL-3.0-or-later
// ImGui's colours are meant as they are shown: the target is UNORM and nothing is converted.
#version 450

layout(set = 0, binding = 0) uniform sampler2D picture;
layout(location = 0) in vec2 texel;
layout(location = 1) in vec4 tint;
layout(location = 0) out vec4 result;

void main() { result = tint * texture(picture, texel); }
