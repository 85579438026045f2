#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// One or two tensors, four elements at a time. The numbers of the functions are those of engine/tensor/ops/elementwise.h.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "common/tensor.glsl"
#include "tensor/functions.glsl"
layout(constant_id = 4) const uint function = 0u; // Unary, 64 + Unary for its gradient (b: dy), 128 + Binary
layout(constant_id = 5) const uint modeA = 0u;    // how an operand is spread: see spread()
layout(constant_id = 6) const uint modeB = 0u;
IN4(0, a)
IN4(1, b)
OUT4(2, y)
layout(push_constant) uniform Push {
    uint count; // groups of four
    uint periodA, periodB; // in groups of four
    float p, q; // parameters of the function
};

const uint whole = 0u, rows = 1u, columns = 2u, single = 3u;

/// Where in an operand the group i lies: itself; the same row again and again; one element for each row; one for all.
uint placeOf(uint mode, uint i, uint period) {
    return mode == whole ? i : mode == rows ? i % period : mode == columns ? i / period >> 2 : 0u;
}
vec4 spread(uint mode, vec4 v, uint i, uint period) {
    return mode == columns ? vec4(v[i / period & 3u]) : mode == single ? vec4(v.x) : v;
}

void main() {
    for (uint i = lineIndex(); i < count; i += lineCount()) {
        const vec4 x = spread(modeA, a(placeOf(modeA, i, periodA)), i, periodA);
        vec4 z = x;
        if (function >= 64u) z = spread(modeB, b(placeOf(modeB, i, periodB)), i, periodB);
        vec4 result;
        [[unroll]] for (int k = 0; k < 4; ++k) result[k] = function >= 128u ? binary(function - 128u, x[k], z[k])
                                              : function >= 64u  ? slope(function - 64u, x[k], p, q) * z[k]
                                                                 : unary(function, x[k], p, q);
        y(i, result);
    }
}
