#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of complex numbers times one row of factors, cut or filled up with zeros to another width: the steps between the
// transforms of Bluestein's algorithm.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "common/read.glsl"
#include "common/tensor.glsl"
#include "tensor/fft.glsl"
layout(constant_id = 4) const bool swapIn = false;
layout(constant_id = 5) const bool swapOut = false;
READ2(0, x);
READ2(1, factors);
layout(set = 0, binding = 2, std430) writeonly buffer Y { vec2 y[]; };
layout(push_constant) uniform Push {
    uint rows, from, to; // widths
    float scale;
};

void main() {
    const uint i = lineIndex(), k = i % to;
    if (i >= rows * to) return;
    vec2 z = vec2(0);
    if (k < from) {
        z = LOAD2(x, i / to * from + k);
        z = scale * complexTimes(swapIn ? z.yx : z, LOAD2(factors, k));
    }
    y[i] = swapOut ? z.yx : z;
}
