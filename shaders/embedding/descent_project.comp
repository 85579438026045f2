#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// How far each row of a forest's part lies along the line between the part's two: x.(b - a).
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
IN4(0, rows)  // [., depth]
INI(1, order) // rows by their parts
INI(2, ends)  // a and b of the part that each place belongs to
OUT1(3, along)
layout(push_constant) uniform Push { uint first, count, depth4; };

void main() {
    const uint i = lineIndex();
    if (i >= count) return;
    const uint place = first + i, row = uint(order(place)) * depth4, a = uint(ends(2 * place)) * depth4,
               b = uint(ends(2 * place + 1)) * depth4;
    vec4 sum = vec4(0);
    for (uint k = 0; k < depth4; ++k) sum += rows(row + k) * (rows(b + k) - rows(a + k));
    along(place, (sum.x + sum.y) + (sum.z + sum.w));
}
