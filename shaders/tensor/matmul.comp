#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// C = activation(A B + bias), batches along z. An invocation computes ROWS x 4 of C in registers and reads A and B four at a
// time: on a CPU device through texels this reaches more than half of what its multiply-adds can do, and shared tiles only
// cost there. K, N and, with A transposed, M are multiples of four (ops/matmul.cpp pads).
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
#include "tensor/functions.glsl"
layout(constant_id = 4) const bool transposeA = false; // A is [K, M]
layout(constant_id = 5) const bool transposeB = false; // B is [N, K]
layout(constant_id = 6) const bool hasBias = false;
layout(constant_id = 7) const uint activation = 19u; // Unary; the identity
layout(constant_id = 8) const int ROWS = 16;         // a multiple of four
IN4(0, a)
IN4(1, b)
IN4(2, bias)
OUT4(3, c)
layout(push_constant) uniform Push {
    uint M, N4, K4;          // N and K in groups of four
    uint batchA, batchB;     // groups of four from one matrix of a batch to the next; 0: the same for all
    float p, q;
};

void main() {
    const uint column = gl_GlobalInvocationID.x, row = gl_GlobalInvocationID.y * ROWS, batch = gl_GlobalInvocationID.z;
    if (column >= N4) return;
    const uint baseA = batch * batchA, baseB = batch * batchB, M4 = M / 4;
    vec4 sum[ROWS];
    for (int r = 0; r < ROWS; ++r) sum[r] = vec4(0);
    for (uint k = 0; k < K4; ++k) {
        vec4 right[4]; // right[j]: row 4k + j of B, four columns
        if (transposeB) {
            mat4 t;
            for (int j = 0; j < 4; ++j) t[j] = b(baseB + (4 * column + j) * K4 + k);
            t = transpose(t);
            for (int j = 0; j < 4; ++j) right[j] = t[j];
        } else {
            for (int j = 0; j < 4; ++j) right[j] = b(baseB + (4 * k + j) * N4 + column);
        }
        if (transposeA) {
            for (int j = 0; j < 4; ++j)
                for (int g = 0; g < ROWS / 4; ++g) {
                    const vec4 left = a(baseA + (4 * k + j) * M4 + min(row / 4 + g, M4 - 1));
                    for (int r = 0; r < 4; ++r) sum[4 * g + r] += left[r] * right[j];
                }
        } else {
            for (int r = 0; r < ROWS; ++r) {
                const vec4 left = a(baseA + min(row + r, M - 1) * K4 + k);
                sum[r] += left.x * right[0];
                sum[r] += left.y * right[1];
                sum[r] += left.z * right[2];
                sum[r] += left.w * right[3];
            }
        }
    }
    vec4 shift = vec4(0);
    if (hasBias) shift = bias(column);
    for (int r = 0; r < ROWS; ++r) {
        if (row + r >= M) break;
        vec4 v = sum[r] + shift;
        for (int j = 0; j < 4; ++j) v[j] = unary(activation, v[j], p, q);
        c(batch * M * N4 + (row + r) * N4 + column, v);
    }
}
