#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Convolution weights in the order in which a kernel reads them, the last axis filled up with zeros to whole groups of four:
// out[a, b, c, r] = w[a A + b B + c C + (r - lead) R + base] where 0 <= r - lead < size.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
IN1(0, w)
OUT4(1, y)
layout(push_constant) uniform Push {
    uint count; // groups of four
    int b, c, r4;
    int strideA, strideB, strideC, strideR, base, lead, size;
};

void main() {
    for (uint i = lineIndex(); i < count; i += lineCount()) {
        const int line = int(i) / r4, ab = line / c;
        const int row = base + ab / b * strideA + ab % b * strideB + line % c * strideC;
        vec4 v;
        for (int k = 0; k < 4; ++k) {
            const int r = int(i) % r4 * 4 + k - lead;
            const bool inside = r >= 0 && r < size;
            const float weight = w(uint(inside ? row + r * strideR : 0));
            v[k] = inside ? weight : 0.0;
        }
        y(i, v);
    }
}
