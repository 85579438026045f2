#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// From the result y: dx = y (dy - sum of dy y); of the logarithm, dx = dy - e^y sum of dy.
#extension GL_GOOGLE_include_directive : require
layout(push_constant) uniform Push { uint rows, size; };
#include "tensor/rows.glsl"
#include "tensor/softmax.glsl"
layout(constant_id = 6) const bool logarithm = false;
ROW_IN(0, y)
ROW_IN(1, dy)
ROW_OUT(2, dx)

void main() {
    const uint row = rowIndex();
    if (row >= rows) return;
    vec4 sums = vec4(0);
    for (uint k = firstGroup(); k < groupCount(); k += groupStep()) {
        if (logarithm)
            sums += dy(row, k);
        else
            sums += dy(row, k) * y(row, k);
    }
    const float sum = total(sums);
    for (uint k = firstGroup(); k < groupCount(); k += groupStep()) {
        const vec4 g = dy(row, k), v = y(row, k);
        dx(row, k, logarithm ? g - expBelow(v) * sum : v * (g - sum));
    }
}
