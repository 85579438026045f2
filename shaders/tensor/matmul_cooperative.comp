#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// The product of f16 matrices on a GPU's matrix units, summed in f32: a workgroup of acrossM x acrossN subgroups computes
// rows x columns of C, depth of K at a time, from tiles in shared memory; each subgroup holds its share in fragments of
// 16 x 16. While a tile is worked on, the next is on its way to registers; with two slots for tiles it need not wait there.
// Rows of a and b are whole groups of eight; C has room for whole fragments (ops/matmul_device.cpp).
#extension GL_GOOGLE_include_directive : require
#extension GL_NV_cooperative_matrix : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#extension GL_EXT_control_flow_attributes : require
#include "common/formats.glsl"
#include "tensor/functions.glsl"
layout(local_size_x_id = 0, local_size_y_id = 1, local_size_z_id = 2) in;
layout(constant_id = 3) const uint halves = 0u; // bit i: binding i
layout(constant_id = 4) const bool transposeA = false;
layout(constant_id = 5) const bool transposeB = false;
layout(constant_id = 6) const bool hasBias = false;
layout(constant_id = 7) const uint activation = 19u;
layout(constant_id = 8) const uint rows = 128;
layout(constant_id = 9) const uint columns = 128;
layout(constant_id = 10) const uint depth = 32;
layout(constant_id = 11) const uint acrossM = 2;
layout(constant_id = 12) const uint acrossN = 2;
layout(constant_id = 13) const uint threads = 128; // 32 · acrossM · acrossN
layout(constant_id = 14) const uint slots = 2;     // 1 or 2
layout(set = 0, binding = 0, std430) readonly buffer A_ { uvec4 a[]; };
layout(set = 0, binding = 1, std430) readonly buffer B_ { uvec4 b[]; };
layout(set = 0, binding = 2, std430) readonly buffer Bias_ { uint bias[]; };
layout(set = 0, binding = 3, std430) buffer C_ { uvec4 c[]; };
layout(push_constant) uniform Push {
    uint M, N, K;           // as they are
    uint rowA, rowB, rowC;  // lengths of rows: of a and b in groups of eight, of c in elements
    uint batchA, batchB, batchC; // in the same units
    float p, q;
};

const uint lineA = (transposeA ? rows : depth) / 8, linesA = transposeA ? depth : rows; // of a tile, in groups of eight
const uint lineB = (transposeB ? depth : columns) / 8, linesB = transposeB ? columns : depth;
const uint strideA = lineA + 1, strideB = lineB + 1; // + 1 against bank conflicts
const uint loadsA = lineA * linesA / threads, loadsB = lineB * linesB / threads;
const uint fragmentsM = rows / acrossM / 16, fragmentsN = columns / acrossN / 16;
shared uvec4 left[slots][linesA * strideA];
shared uvec4 right[slots][linesB * strideB];
shared float shifts[hasBias ? 16 * columns : 1]; // the bias, as often as a fragment has rows

const uint never = 0xFFFFFFFFu;
uvec4 nextA[loadsA], nextB[loadsB];
uint placeA[loadsA], placeB[loadsB]; // in groups of eight, at k = 0; `never` beyond the matrix
uint depthA[loadsA], depthB[loadsB]; // the k of that place; K's end is looked for by whole groups of eight

void locate(uint lane, uint firstRow, uint firstColumn, uint baseA, uint baseB) {
    [[unroll]] for (uint n = 0; n < loadsA; ++n) {
        const uint i = lane + n * threads, line = i / lineA, group = i % lineA;
        depthA[n] = transposeA ? line : 8 * group;
        const uint row = transposeA ? line : firstRow + line, column8 = transposeA ? firstRow / 8 + group : group;
        placeA[n] = (transposeA ? column8 >= rowA : row >= M) ? never : baseA + row * rowA + column8;
    }
    [[unroll]] for (uint n = 0; n < loadsB; ++n) {
        const uint i = lane + n * threads, line = i / lineB, group = i % lineB;
        depthB[n] = transposeB ? 8 * group : line;
        const uint row = transposeB ? firstColumn + line : line, column8 = transposeB ? group : firstColumn / 8 + group;
        placeB[n] = (transposeB ? row >= N : column8 >= rowB) ? never : baseB + row * rowB + column8;
    }
}

void fetch(uint k0) {
    [[unroll]] for (uint n = 0; n < loadsA; ++n) {
        nextA[n] = uvec4(0);
        if (placeA[n] != never && k0 + depthA[n] < K) nextA[n] = a[placeA[n] + (transposeA ? k0 * rowA : k0 / 8)];
    }
    [[unroll]] for (uint n = 0; n < loadsB; ++n) {
        nextB[n] = uvec4(0);
        if (placeB[n] != never && k0 + depthB[n] < K) nextB[n] = b[placeB[n] + (transposeB ? k0 / 8 : k0 * rowB)];
    }
}

void keep(uint lane, uint slot) {
    [[unroll]] for (uint n = 0; n < loadsA; ++n) {
        const uint i = lane + n * threads;
        left[slot][i / lineA * strideA + i % lineA] = nextA[n];
    }
    [[unroll]] for (uint n = 0; n < loadsB; ++n) {
        const uint i = lane + n * threads;
        right[slot][i / lineB * strideB + i % lineB] = nextB[n];
    }
}

float biasAt(uint i) {
    if (i >= N) return 0.0;
    return (halves >> 2 & 1u) == 0u ? uintBitsToFloat(bias[i]) : halfValue(bias[i >> 1] >> 16 * (i & 1u) & 0xFFFFu);
}

void main() {
    const uint lane = gl_LocalInvocationID.x, batch = gl_WorkGroupID.z;
    const uint firstRow = gl_WorkGroupID.y * rows, firstColumn = gl_WorkGroupID.x * columns;
    const uint baseA = batch * batchA, baseB = batch * batchB;
    const uint ownRow = lane / 32 / acrossN * (rows / acrossM), ownColumn = lane / 32 % acrossN * (columns / acrossN);
    fcoopmatNV<32, gl_ScopeSubgroup, 16, 16> sum[fragmentsM][fragmentsN];
    locate(lane, firstRow, firstColumn, baseA, baseB);
    fetch(0);
    if (hasBias) {
        for (uint i = lane; i < 16 * columns; i += threads) shifts[i] = biasAt(firstColumn + i % columns);
        barrier();
    }
    [[unroll]] for (uint m = 0; m < fragmentsM; ++m)
        [[unroll]] for (uint n = 0; n < fragmentsN; ++n) {
            if (hasBias)
                coopMatLoadNV(sum[m][n], shifts, ownColumn + 16 * n, columns, false);
            else
                sum[m][n] = fcoopmatNV<32, gl_ScopeSubgroup, 16, 16>(0.0);
        }
    uint slot = 0;
    for (uint k0 = 0; k0 < K; k0 += depth) {
        keep(lane, slot);
        barrier();
        if (k0 + depth < K) fetch(k0 + depth);
        [[unroll]] for (uint k = 0; k < depth; k += 16) {
            fcoopmatNV<16, gl_ScopeSubgroup, 16, 16> l[fragmentsM];
            [[unroll]] for (uint m = 0; m < fragmentsM; ++m) {
                const uint row = ownRow + 16 * m;
                coopMatLoadNV(l[m], left[slot], transposeA ? k * strideA + row / 8 : row * strideA + k / 8, strideA, transposeA);
            }
            [[unroll]] for (uint n = 0; n < fragmentsN; ++n) {
                const uint column = ownColumn + 16 * n;
                fcoopmatNV<16, gl_ScopeSubgroup, 16, 16> r;
                coopMatLoadNV(r, right[slot], transposeB ? column * strideB + k / 8 : k * strideB + column / 8, strideB, transposeB);
                [[unroll]] for (uint m = 0; m < fragmentsM; ++m) sum[m][n] = coopMatMulAddNV(l[m], r, sum[m][n]);
            }
        }
        if (slots == 2u) slot ^= 1u; // the other tile was read before the barrier above
        else barrier();
    }
    const bool half_ = (halves >> 3 & 1u) != 0u;
    [[unroll]] for (uint m = 0; m < fragmentsM; ++m)
        [[unroll]] for (uint n = 0; n < fragmentsN; ++n) {
            const uint row = firstRow + ownRow + 16 * m, column = firstColumn + ownColumn + 16 * n;
            if (row >= M || column >= N) continue;
            if (activation != 19u)
                for (int i = 0; i < sum[m][n].length(); ++i) sum[m][n][i] = unary(activation, sum[m][n][i], p, q);
            const uint at = batch * batchC + row * rowC + column;
            if (half_)
                coopMatStoreNV(fcoopmatNV<16, gl_ScopeSubgroup, 16, 16>(sum[m][n]), c, at / 8, rowC / 8, false);
            else
                coopMatStoreNV(sum[m][n], c, at / 4, rowC / 4, false);
        }
}
