#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// (softmax(x) - one at the target) times the loss's gradient and the row's share in it; zeros where a row was ignored.
#extension GL_GOOGLE_include_directive : require
layout(push_constant) uniform Push {
    uint rows, size;
    int ignored;
    float share; // of each row in the loss, before it is divided by the number of counted rows
};
#include "tensor/rows.glsl"
#include "tensor/softmax.glsl"
layout(constant_id = 6) const bool ignores = false;
layout(constant_id = 7) const bool byRow = false;   // the gradient has one value for each row, else one for all
layout(constant_id = 8) const bool divides = false; // by count[0]
ROW_IN(0, x)
INI(1, target)
IN1(2, stats)
IN1(3, dloss)
IN1(4, count)
ROW_OUT(5, dx)

void main() {
    const uint row = rowIndex();
    if (row >= rows) return;
    const float most = stats(2u * row), sum = stats(2u * row + 1u);
    const int t = target(row);
    float weight = share * dloss(byRow ? row : 0u);
    if (divides) weight /= count(0u);
    const bool skipped = ignores && t == ignored;
    if (!skipped && (t < 0 || uint(t) >= size)) weight = uintBitsToFloat(0x7FC00000u);
    const float scale = sum == 0.0 ? 0.0 : 1.0 / sum;
    for (uint k = firstGroup(); k < groupCount(); k += groupStep()) {
        vec4 p = expBelow(x(row, k) - most) * scale;
        p -= mix(vec4(0), vec4(1), equal(ivec4(int(4u * k)) + ivec4(0, 1, 2, 3), ivec4(t)));
        dx(row, k, skipped ? vec4(0) : p * weight);
    }
}
