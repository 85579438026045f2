#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Complex numbers times a real spectrum.
#extension GL_GOOGLE_include_directive : require
#include "common/read.glsl"
#include "common/tensor.glsl"
READ2(0, x);
READ1(1, spectrum);
layout(set = 0, binding = 2, std430) writeonly buffer Y { vec2 y[]; };
layout(push_constant) uniform Push { uint count; };

void main() {
    const uint i = lineIndex();
    if (i < count) y[i] = LOAD1(spectrum, i) * LOAD2(x, i);
}
