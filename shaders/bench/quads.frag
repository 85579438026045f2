// SPDX-License-Identifier: GPL-3.0-or-later
// Depth times colour, and depth; blending adds them up in floats.
#version 450
layout(location = 0) in flat vec4 middle;
layout(location = 1) in flat vec3 colour;
layout(location = 0) out vec4 result;

void main() {
    const vec2 away = (gl_FragCoord.xy - middle.xy) / middle.z;
    const float inside = max(1 - dot(away, away), 0);
    const float depth = middle.w * inside * inside;
    result = vec4(colour * depth, depth);
}
