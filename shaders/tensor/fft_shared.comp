#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// All passes of fft.comp for rows of up to 1024 on GPUs: a workgroup of 128 keeps one row, or several short ones, in shared
// memory (16 KiB, what every device offers).
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "common/read.glsl"
#include "common/tensor.glsl"
#include "tensor/fft.glsl"
layout(constant_id = 4) const bool swapIn = false;
layout(constant_id = 5) const bool swapOut = false;
READ2(0, x);
READ2(1, turns);
layout(set = 0, binding = 2, std430) writeonly buffer Y { vec2 y[]; };
layout(push_constant) uniform Push {
    uint rows, N, together; // rows of a workgroup
    uint radices;           // four bits for each pass, the first lowest
    float scale;
};

const uint lanes = 128, most = 1024;
shared vec2 data[2][most];

#define PASS(RADIX)                                                                                                 \
    for (uint i = lane; i < count / RADIX; i += lanes) {                                                            \
        const uint apart = N / RADIX, step = N / (done * RADIX), row = i / apart, j = i % apart, k = j % done;      \
        vec2 v[8];                                                                                                  \
        [[unroll]] for (uint r = 0; r < RADIX; ++r) {                                                               \
            v[r] = data[from][row * N + j + r * apart];                                                             \
            if (r > 0u && done > 1u) v[r] = complexTimes(v[r], LOAD2(turns, r * k * step));                         \
        }                                                                                                           \
        transform(RADIX, v);                                                                                        \
        const uint to = row * N + (j - k) * RADIX + k;                                                              \
        [[unroll]] for (uint r = 0; r < RADIX; ++r) data[1 - from][to + r * done] = v[r];                           \
    }

void main() {
    const uint lane = gl_LocalInvocationID.x, first = (gl_WorkGroupID.x + gl_WorkGroupID.y * gl_NumWorkGroups.x) * together;
    if (first >= rows) return; // a whole workgroup
    const uint count = min(together, rows - first) * N;
    for (uint k = lane; k < count; k += lanes) {
        const vec2 z = LOAD2(x, first * N + k);
        data[0][k] = swapIn ? z.yx : z;
    }
    barrier();
    uint from = 0;
    for (uint done = 1, left = radices; left != 0u; left >>= 4) {
        const uint R = left & 15u;
        switch (R) { // each with its own R, so that its numbers stay in registers
            case 2u: PASS(2u) break;
            case 3u: PASS(3u) break;
            case 4u: PASS(4u) break;
            case 5u: PASS(5u) break;
            case 7u: PASS(7u) break;
            case 8u: PASS(8u) break;
        }
        barrier();
        from = 1 - from;
        done *= R;
    }
    for (uint k = lane; k < count; k += lanes) y[first * N + k] = scale * (swapOut ? data[from][k].yx : data[from][k]);
}
