#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Between the transform of N real numbers and that of N / 2 complex ones, even numbers real and odd ones imaginary (Press et
// al. 2007, 12.3); and the second half of a real signal's spectrum for odd N. Imaginary parts of the first coefficient and,
// for even N, of the last are of no real signal: taken as zero.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "common/read.glsl"
#include "common/tensor.glsl"
#include "tensor/fft.glsl"
layout(constant_id = 4) const uint way = 0u; // 0: to the spectrum of the reals, 1: back, 2: the whole spectrum, odd N
READ2(0, x);
READ2(1, turns); // e^(-2 pi i k / N)
layout(set = 0, binding = 2, std430) writeonly buffer Y { vec2 y[]; };
layout(push_constant) uniform Push { uint rows, N; };

vec2 conjugate(vec2 z) { return vec2(z.x, -z.y); }

void main() {
    const uint i = lineIndex(), M = N / 2u, across = way == 0u ? M + 1u : way == 1u ? M : N;
    if (i >= rows * across) return;
    const uint row = i / across, k = i % across;
    if (way == 2u) {
        vec2 z = LOAD2(x, row * (M + 1u) + (k <= M ? k : N - k));
        if (k == 0u) z.y = 0.0;
        y[i] = k <= M ? z : conjugate(z);
        return;
    }
    const uint width = way == 0u ? M : M + 1u;
    vec2 a = LOAD2(x, row * width + (way == 0u && k == M ? 0u : k));
    vec2 b = LOAD2(x, row * width + (way == 0u && k == 0u ? 0u : M - k));
    if (way == 1u && k == 0u) a.y = b.y = 0.0;
    b = conjugate(b);
    const vec2 even = 0.5 * (a + b), difference = 0.5 * (a - b), turn = LOAD2(turns, k);
    if (way == 0u) y[i] = even + byMinusI(complexTimes(difference, turn));
    else y[i] = even - byMinusI(complexTimes(difference, conjugate(turn)));
}
