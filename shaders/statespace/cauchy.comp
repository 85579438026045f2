#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// S4's kernel in frequency, a node of the unit circle per invocation: Cauchy sums over conjugate pairs in the form without a
// pole, then Woodbury for a rank of 1 (see engine/labs/statespace/kernel.cpp, from where nodes and pairs come rounded once;
// a device's own sin and cos would be good for 2^-11 only).
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
IN4(0, nodes) // a, b, cos p, sin p
IN4(1, pairs) // three groups each: |Lambda|, 2 Re Lambda, then r1 and r2 of CB, CP, PB, PP; the last two unused
OUT1(2, spectrum)
layout(push_constant) uniform Push { uint count, poles; };

vec2 times(vec2 p, vec2 q) { return vec2(p.x * q.x - p.y * q.y, p.x * q.y + p.y * q.x); }

void main() {
    const uint i = lineIndex();
    if (i >= count) return;
    const vec4 node = nodes(i);
    const float a = node.x, b = node.y;
    vec4 re = vec4(0), im = vec4(0); // of the four sums i a r1 D - b r2 D
    for (uint k = 0; k < poles; ++k) {
        const vec4 first = pairs(3 * k), r1 = vec4(first.zw, pairs(3 * k + 1).xy), r2 = vec4(pairs(3 * k + 1).zw, pairs(3 * k + 2).xy);
        const float x = (first.x * b - a) * (first.x * b + a), y = first.y * a * b, inverse = 1.0 / (x * x + y * y);
        const vec2 D = vec2(x, y) * inverse;
        re -= a * D.y * r1 + b * D.x * r2;
        im += a * D.x * r1 - b * D.y * r2;
    }
    // q_CB - b q_CP q_PB / (1 + b q_PP)
    const vec2 below = vec2(1.0 + b * re.w, b * im.w);
    const vec2 above = b * times(vec2(re.y, im.y), vec2(re.z, im.z));
    const vec2 part = times(above, vec2(below.x, -below.y)) / dot(below, below);
    const vec2 result = 2.0 * times(node.zw, vec2(re.x, im.x) - part);
    spectrum(2 * i, result.x);
    spectrum(2 * i + 1, result.y);
}
