#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// e^(x - m) / s of each row, m its greatest element and s the sum of e^(x - m), or the logarithm x - m - ln s. A row that is
// all -infinity gives zeros, and -infinity for the logarithm.
#extension GL_GOOGLE_include_directive : require
layout(push_constant) uniform Push { uint rows, size; };
#include "tensor/rows.glsl"
#include "tensor/softmax.glsl"
layout(constant_id = 6) const bool logarithm = false;
ROW_IN(0, x)
ROW_OUT(1, y)

void main() {
    const uint row = rowIndex();
    if (row >= rows) return;
    ROW_GREATEST(x, row, most)
    ROW_EXP_SUM(x, row, most, sum)
    const float rest = sum == 0.0 ? 0.0 : logarithm ? lnOf(sum) : 1.0 / sum;
    for (uint k = firstGroup(); k < groupCount(); k += groupStep()) {
        const vec4 v = x(row, k) - most;
        y(row, k, logarithm ? v - rest : expBelow(v) * rest);
    }
}
