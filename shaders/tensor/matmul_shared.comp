#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// The same product for GPUs: a workgroup of 16 x rows / 8 computes rows x 128 of C, 16 of K at a time, from tiles in shared
// memory. An invocation holds 8 x 8 in registers: four rows and four columns of each half of the tile, so that the groups of
// four which neighbours read lie side by side. The next tiles are on their way to registers while these are worked on. With 64
// rows that takes 12.4 KiB of shared memory and 128 invocations, what every device offers; with 128 rows 16.5 KiB and 256.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "common/tensor.glsl"
#include "tensor/functions.glsl"
layout(constant_id = 4) const bool transposeA = false;
layout(constant_id = 5) const bool transposeB = false;
layout(constant_id = 6) const bool hasBias = false;
layout(constant_id = 7) const uint activation = 19u;
layout(constant_id = 8) const uint rows = 64;
IN4(0, a)
IN4(1, b)
IN4(2, bias)
OUT4(3, c)
layout(push_constant) uniform Push {
    uint M, N4, K4;
    uint batchA, batchB;
    float p, q;
};

const uint columns = 128, depth = 16, threads = 2 * rows;
const uint loadsA = rows * depth / 4 / threads, loadsB = columns * depth / 4 / threads; // groups of four each brings
const uint never = 0xFFFFFFFFu;
shared vec4 left[depth][rows / 4 + 1]; // A, k first: a column of C's rows lies together; + 1 against bank conflicts
shared vec4 right[depth][columns / 4 + 1];

vec4 nextA[loadsA], nextB[loadsB];
uint placeA[loadsA], placeB[loadsB]; // in groups of four, at k = 0; `never` beyond the matrix
uint depthA[loadsA], depthB[loadsB]; // the k of that place

void main() {
    const uint x = gl_LocalInvocationID.x, y = gl_LocalInvocationID.y, batch = gl_WorkGroupID.z, K = 4 * K4, M4 = M / 4;
    const uint lane = y * 16 + x, firstRow = gl_WorkGroupID.y * rows, firstColumn = gl_WorkGroupID.x * columns;
    [[unroll]] for (uint n = 0; n < loadsA; ++n) {
        const uint i = lane + n * threads, k4 = i % (depth / 4);
        depthA[n] = transposeA ? i / (rows / 4) : 4 * k4;
        const uint row = firstRow + (transposeA ? 4 * (i % (rows / 4)) : i / (depth / 4));
        placeA[n] = batch * batchA + (transposeA ? depthA[n] * M4 + row / 4 : row * K4 + k4);
        if (row >= (transposeA ? 4 * M4 : M)) placeA[n] = never;
    }
    [[unroll]] for (uint n = 0; n < loadsB; ++n) {
        const uint i = lane + n * threads, k4 = i % (depth / 4);
        depthB[n] = transposeB ? 4 * k4 : i / (columns / 4);
        const uint column = firstColumn + (transposeB ? i / (depth / 4) : 4 * (i % (columns / 4)));
        placeB[n] = batch * batchB + (transposeB ? column * K4 + k4 : depthB[n] * N4 + column / 4);
        if (column >= 4 * N4) placeB[n] = never;
    }
    vec4 sum[8][2];
    [[unroll]] for (int r = 0; r < 8; ++r) sum[r][0] = sum[r][1] = vec4(0);
    for (uint k0 = 0; k0 < K + depth; k0 += depth) { // the tiles of k0 are fetched, those of k0 - depth multiplied
        [[unroll]] for (uint n = 0; n < loadsA; ++n) {
            nextA[n] = vec4(0);
            if (placeA[n] != never && k0 + depthA[n] < K) nextA[n] = a(placeA[n] + (transposeA ? k0 * M4 : k0 / 4));
        }
        [[unroll]] for (uint n = 0; n < loadsB; ++n) {
            nextB[n] = vec4(0);
            if (placeB[n] != never && k0 + depthB[n] < K) nextB[n] = b(placeB[n] + (transposeB ? k0 / 4 : k0 * N4));
        }
        if (k0 > 0) {
            [[unroll]] for (uint k = 0; k < depth; ++k) {
                const vec4 l0 = left[k][y], l1 = left[k][y + rows / 8], r0 = right[k][x], r1 = right[k][x + 16];
                [[unroll]] for (int r = 0; r < 4; ++r) {
                    sum[r][0] += l0[r] * r0, sum[r][1] += l0[r] * r1;
                    sum[r + 4][0] += l1[r] * r0, sum[r + 4][1] += l1[r] * r1;
                }
            }
            barrier();
        }
        [[unroll]] for (uint n = 0; n < loadsA; ++n) {
            const uint i = lane + n * threads;
            if (transposeA) {
                left[i / (rows / 4)][i % (rows / 4)] = nextA[n];
            } else {
                const uint row = i / (depth / 4);
                [[unroll]] for (int j = 0; j < 4; ++j) left[depthA[n] + j][row / 4][row % 4] = nextA[n][j];
            }
        }
        [[unroll]] for (uint n = 0; n < loadsB; ++n) {
            const uint i = lane + n * threads;
            if (transposeB) {
                const uint column = i / (depth / 4);
                [[unroll]] for (int j = 0; j < 4; ++j) right[depthB[n] + j][column / 4][column % 4] = nextB[n][j];
            } else {
                right[i / (columns / 4)][i % (columns / 4)] = nextB[n];
            }
        }
        barrier();
    }
    [[unroll]] for (uint h = 0; h < 2; ++h) {
        const uint column = firstColumn / 4 + x + 16 * h;
        if (column >= N4) break;
        vec4 shift = vec4(0);
        if (hasBias) shift = bias(column);
        [[unroll]] for (uint r = 0; r < 8; ++r) {
            const uint row = firstRow + r / 4 * (rows / 2) + 4 * y + r % 4;
            if (row >= M) continue;
            vec4 v = sum[r][h] + shift;
            for (int j = 0; j < 4; ++j) v[j] = unary(activation, v[j], p, q);
            c(batch * M * N4 + row * N4 + column, v);
        }
    }
}
