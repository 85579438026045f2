#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// ln s - (x[target] - m) of each row, m its greatest element and s the sum of e^(x - m), which are kept for the gradient. A
// row whose target is `ignored` counts nothing; any other target outside the row makes a NaN.
#extension GL_GOOGLE_include_directive : require
layout(push_constant) uniform Push {
    uint rows, size;
    int ignored;
};
#include "tensor/rows.glsl"
#include "tensor/softmax.glsl"
layout(constant_id = 6) const bool ignores = false;
ROW_IN(0, x)
INI(1, target)
OUT1(2, loss)
OUT1(3, stats)
OUT1(4, counted)

void main() {
    const uint row = rowIndex();
    if (row >= rows) return;
    ROW_GREATEST(x, row, most)
    ROW_EXP_SUM(x, row, most, sum)
    if (firstGroup() > 0u) return;
    stats(2u * row, most);
    stats(2u * row + 1u, sum);
    const int t = target(row);
    const bool skipped = ignores && t == ignored;
    float value = 0.0;
    if (!skipped) {
        value = uintBitsToFloat(0x7FC00000u);
        if (t >= 0 && uint(t) < size) value = (sum == 0.0 ? 0.0 : lnOf(sum)) - (x(row, uint(t) / 4u)[t % 4] - most);
    }
    loss(row, value);
    counted(row, skipped ? 0.0 : 1.0);
}
