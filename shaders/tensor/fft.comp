#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// One pass of a Stockham transform (self-sorting: Van Loan 1992, 1.7): an invocation takes R numbers, N / R apart, of a row
// of N whose transforms of `done` are finished, and joins them to one of R done. An inverse transform is the forward one with
// real and imaginary parts exchanged before and after.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "common/read.glsl"
#include "common/tensor.glsl"
#include "tensor/fft.glsl"
layout(constant_id = 4) const uint R = 2u;
layout(constant_id = 5) const bool swapIn = false;
layout(constant_id = 6) const bool swapOut = false;
READ2(0, x);
READ2(1, turns); // e^(-2 pi i k / N)
layout(set = 0, binding = 2, std430) writeonly buffer Y { vec2 y[]; };
layout(push_constant) uniform Push {
    uint count, N, done; // count: butterflies of all rows
    float scale;
};

void main() {
    const uint i = lineIndex();
    if (i >= count) return;
    const uint apart = N / R, row = i / apart, j = i % apart, k = j % done, step = N / (done * R);
    vec2 v[8];
    [[unroll]] for (uint r = 0; r < R; ++r) {
        vec2 z = LOAD2(x, row * N + j + r * apart);
        if (swapIn) z = z.yx;
        if (r > 0u && done > 1u) z = complexTimes(z, LOAD2(turns, r * k * step));
        v[r] = z;
    }
    transform(R, v);
    const uint to = row * N + (j - k) * R + k;
    [[unroll]] for (uint r = 0; r < R; ++r) y[to + r * done] = scale * (swapOut ? v[r].yx : v[r]);
}
