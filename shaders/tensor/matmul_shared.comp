#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// The same product for GPUs: a workgroup of 16 x 8 computes 64 x 64 of C, 16 of K at a time, from tiles in shared memory;
// an invocation holds 8 x 4 in registers. 8.5 KiB of shared memory, 128 invocations: what every device offers.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
#include "tensor/functions.glsl"
layout(constant_id = 4) const bool transposeA = false;
layout(constant_id = 5) const bool transposeB = false;
layout(constant_id = 6) const bool hasBias = false;
layout(constant_id = 7) const uint activation = 19u;
IN4(0, a)
IN4(1, b)
IN4(2, bias)
OUT4(3, c)
layout(push_constant) uniform Push {
    uint M, N4, K4;
    uint batchA, batchB;
    float p, q;
};

const uint tile = 64, depth = 16;
shared float left[depth][tile + 1];    // A, k first: a column of C's rows lies together; + 1 against bank conflicts
shared vec4 right[depth][tile / 4 + 1]; // B

void main() {
    const uint x = gl_LocalInvocationID.x, y = gl_LocalInvocationID.y, lane = y * 16 + x, batch = gl_WorkGroupID.z;
    const uint firstRow = gl_WorkGroupID.y * tile, firstColumn = gl_WorkGroupID.x * (tile / 4), M4 = M / 4, K = 4 * K4;
    const uint baseA = batch * batchA, baseB = batch * batchB;
    vec4 sum[8];
    for (int r = 0; r < 8; ++r) sum[r] = vec4(0);
    for (uint k0 = 0; k0 < K; k0 += depth) {
        for (uint i = lane; i < tile * depth / 4; i += 128) { // 256 groups of four of each tile
            vec4 v = vec4(0);
            if (transposeA) {
                const uint k = i / (tile / 4), g = i % (tile / 4), row4 = firstRow / 4 + g;
                if (k0 + k < K && row4 < M4) v = a(baseA + (k0 + k) * M4 + row4);
                for (int j = 0; j < 4; ++j) left[k][4 * g + j] = v[j];
            } else {
                const uint row = i / (depth / 4), g = i % (depth / 4);
                if (firstRow + row < M && k0 / 4 + g < K4) v = a(baseA + (firstRow + row) * K4 + k0 / 4 + g);
                for (int j = 0; j < 4; ++j) left[4 * g + j][row] = v[j];
            }
            v = vec4(0);
            if (transposeB) {
                const uint column = i / (depth / 4), g = i % (depth / 4);
                if (firstColumn + column / 4 < N4 && k0 / 4 + g < K4) v = b(baseB + (4 * firstColumn + column) * K4 + k0 / 4 + g);
                for (int j = 0; j < 4; ++j) right[4 * g + j][column / 4][column % 4] = v[j];
            } else {
                const uint k = i / (tile / 4), g = i % (tile / 4);
                if (k0 + k < K && firstColumn + g < N4) v = b(baseB + (k0 + k) * N4 + firstColumn + g);
                right[k][g] = v;
            }
        }
        barrier();
        for (uint k = 0; k < depth; ++k) {
            const vec4 r4 = right[k][x];
            for (int r = 0; r < 8; ++r) sum[r] += left[k][y * 8 + r] * r4;
        }
        barrier();
    }
    const uint column = firstColumn + x;
    if (column >= N4) return;
    vec4 shift = vec4(0);
    if (hasBias) shift = bias(column);
    for (int r = 0; r < 8; ++r) {
        const uint row = firstRow + y * 8 + r;
        if (row >= M) break;
        vec4 v = sum[r] + shift;
        for (int j = 0; j < 4; ++j) v[j] = unary(activation, v[j], p, q);
        c(batch * M * N4 + row * N4 + column, v);
    }
}
