// SPDX-License-Identifier: GPL-3.0-or-later
// A picture's rectangle; `at` counts pixels from its upper left corner.
#version 450

layout(push_constant) uniform Push {
    vec4 pixelsToClip;
    ivec2 size;
    float opacity;
    bool smoothly;
};
layout(location = 0) out vec2 at;

void main() {
    const int corner = gl_VertexIndex % 6;
    const vec2 unit = vec2(corner == 1 || corner == 3 || corner == 4, corner == 2 || corner == 4 || corner == 5);
    at = unit * vec2(size);
    gl_Position = vec4(at * pixelsToClip.xy + pixelsToClip.zw, 0, 1);
}
