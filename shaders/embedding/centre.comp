#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// The picture's mean becomes 0.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
IN4(0, total) // of the places
layout(set = 0, binding = 1, std430) buffer State { vec4 state[]; };
layout(push_constant) uniform Push { uint count; };

void main() {
    const uint i = lineIndex();
    if (i < count) state[i] -= total(0u) / float(count);
}
