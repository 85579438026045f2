#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Values by index along rows: y[row, j] = x[row, index[row, j]] for the first `keep` of each row of indices; or, back, the
// gradient dx[row, index[row, j]] = dy[row, j] (indices of a row differ, so nothing is written twice).
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
layout(constant_id = 4) const bool back = false;
IN1(0, x)
INI(1, indices)
OUT4(2, y4)
OUT1(2, y1)
layout(push_constant) uniform Push { uint outer, size, keep; };

void main() {
    const uint i = lineIndex(), count = outer * keep;
    if (back) {
        if (i < count) y1(i / keep * size + uint(indices(i)), x(i));
        return;
    }
    if (4 * i >= count) return;
    vec4 v = vec4(0);
    for (uint k = 0; k < 4; ++k) {
        const uint at = 4 * i + k;
        if (at < count) v[k] = x(at / keep * size + uint(indices(at)));
    }
    y4(i, v);
}
