#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Gradients of h_t = a_t h_(t-1) + b_t from g, the gradient of b: da_t = g_t conj(h_(t-1)), with the initial state or zero
// before the first step; and of that state: conj(a) g at the first step.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
#include "tensor/scan.glsl"
layout(constant_id = 6) const bool reverse = false;
layout(constant_id = 7) const bool ofInitial = false;
layout(constant_id = 8) const bool carried = false;
IN4(0, g4)
IN4(1, x4) // h, or a for the gradient of the initial state
IN4(2, carry4)
OUT4(3, y4)
OUT1(3, y1)
layout(push_constant) uniform Push { uint outer, size, inner; };

void write(uint place, vec4 v) {
    if (mode == columns) {
        y4(place, v);
    } else if (kind == complexPairs) {
        y1(2 * place, v.x);
        y1(2 * place + 1, v.y);
    } else {
        y1(place, v.x);
    }
}

void main() {
    const uint i = lineIndex();
    if (i >= outer * (ofInitial ? 1u : size) * inner) return;
    const uint column = i % inner, row = i / inner / (ofInitial ? 1u : size), start = reverse ? size - 1u : 0u;
    const uint t = ofInitial ? start : i / inner % size, place = (row * size + t) * inner + column;
    vec4 x = vec4(0);
    if (ofInitial) {
        x = elementOf(x4(groupOf(place)), place);
    } else if (t != start) {
        const uint before = reverse ? place + inner : place - inner;
        x = elementOf(x4(groupOf(before)), before);
    } else if (carried) {
        const uint state = row * inner + column;
        x = elementOf(carry4(groupOf(state)), state);
    }
    write(i, times(conjugate(x), elementOf(g4(groupOf(place)), place)));
}
