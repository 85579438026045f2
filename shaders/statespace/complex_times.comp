#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Complex numbers times complex numbers, two to a group of four floats.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
IN4(0, a)
IN4(1, b)
OUT4(2, y)
layout(push_constant) uniform Push { uint groups; };

void main() {
    const uint i = lineIndex();
    if (i >= groups) return;
    const vec4 p = a(i), q = b(i);
    y(i, vec4(p.x * q.x - p.y * q.y, p.x * q.y + p.y * q.x, p.z * q.z - p.w * q.w, p.z * q.w + p.w * q.z));
}
