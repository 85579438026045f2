#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// The grid's kernel w - offset at its nodes, as it wraps around: w = 1 / (1 + r^2), or w - 1 without a difference of nearly equal
// numbers.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
layout(constant_id = 4) const bool less = false; // w - 1
OUT1(0, rows)
layout(push_constant) uniform Push {
    uint count, length_, outer; // outer: length_ where there are three axes, else 1
    float spacing;
};

float along(uint node) { // from the middle, in the picture's units
    return spacing * float(min(node, length_ - node));
}

void main() {
    const uint i = lineIndex();
    if (i >= count) return;
    const vec3 r = vec3(along(i % length_), along(i / length_ % length_), along(i / length_ / length_ % outer));
    const float square = dot(r, r);
    float top = 1.0;
    if (less) top = -square;
    rows(i, top / (1.0 + square));
}
