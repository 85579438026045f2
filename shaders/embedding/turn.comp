#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of complex numbers become columns, plane by plane; the first `wide` columns become rows, with zeros behind them up to
// `tall`, or cut there.
#extension GL_GOOGLE_include_directive : require
#include "common/read.glsl"
#include "common/tensor.glsl"
READ2(0, x); // [planes, rows, columns]
layout(set = 0, binding = 1, std430) writeonly buffer Y { vec2 y[]; }; // [planes, wide, tall]
layout(push_constant) uniform Push { uint count, rows, columns, wide, tall; }; // count: of what is written

void main() {
    const uint i = lineIndex();
    if (i >= count) return;
    const uint row = i % tall, column = i / tall % wide, plane = i / (tall * wide);
    vec2 z = vec2(0);
    if (row < rows) z = LOAD2(x, (plane * rows + row) * columns + column);
    y[i] = z;
}
