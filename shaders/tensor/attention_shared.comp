#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Attention for GPUs: a workgroup of 16 x 8 takes R queries and goes over the keys 64 at a time. Scores and results are both
// small matrix products whose operands come through shared memory in slices; an invocation holds R / 8 queries by 4 keys of the
// scores, and R / 8 queries by every sixteenth group of four of the head of the result. At most 16 KiB are shared with R = 32,
// 27 KiB with R = 64: ops/attention.cpp chooses.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "common/tensor.glsl"
#include "tensor/functions.glsl"
#include "tensor/attention.glsl"
layout(constant_id = 10) const int R = 32; // queries
layout(constant_id = 11) const int W = 16; // keys whose values are shared at a time: W · D4 <= sliceSize
OUT4(8, y)
OUT1(9, lse)

const int own = R / 8, columns = (D4 + 15) / 16, depth = 16;
const int queryLine = R / 4 + 1, scoreLine = R / 4 + 1; // + 1 against bank conflicts
const int keyLine = R == 64 ? 17 : 16; // with 32 queries, + 1 would be more than 16 KiB
const int sliceSize = depth * (queryLine + keyLine);
const int parts = 128 / R, partKeys = 64 / parts; // in which an invocation goes over a query's scores
shared vec4 slice[sliceSize]; // queries and keys, head first: [depth][R] and [depth][64]; then values [W][D4]; between, sums
shared vec4 scores[64 * scoreLine]; // key first
shared float shrink[R];
shared uvec4 lineAt[R]; // place, head, query, row: worked out once, for divisions are slow

const int keysFrom = depth * queryLine, sumsFrom = 32;

Line lineAgain(uint batch, uint i) { return Line(batch, lineAt[i].y, lineAt[i].z, lineAt[i].w); }
float scoreOf(uint key, uint row) { return scores[key * scoreLine + row / 4][row % 4]; }

void main() {
    const uint lane = gl_LocalInvocationID.y * 16 + gl_LocalInvocationID.x, x = gl_LocalInvocationID.x, y_ = gl_LocalInvocationID.y;
    const uint first = gl_WorkGroupID.x * R, group = gl_WorkGroupID.y, part = gl_WorkGroupID.z;
    uint last = keys; // the same for the whole workgroup
    if (causal) {
        last = 0u;
        for (int i = 0; i < R; ++i) last = max(last, lastKey(lineOf(group, min(first + i, lines() - 1u)).query));
    }
    if (lane < R) {
        const Line line = lineOf(group, min(first + lane, lines() - 1u));
        lineAt[lane] = uvec4(queryPlace(line), line.head, line.query, line.row);
    }
    const uint row = lane % R, from = lane / R * partKeys, batch = group / keyHeads; // of the scores that it goes over
    float top = minusInfinity(), weight = 0.0;
    vec4 sum[own][columns];
    [[unroll]] for (int r = 0; r < own; ++r)
        [[unroll]] for (int i = 0; i < columns; ++i) sum[r][i] = vec4(0);
    const uint to = min((part + 1u) * chunk, last);
    for (uint j = part * chunk; j < to; j += 64) {
        vec4 s[own];
        [[unroll]] for (int r = 0; r < own; ++r) s[r] = vec4(0);
        for (uint d = 0; d < D4; d += depth / 4) {
            barrier();
            for (uint i = lane; i < R * depth / 4; i += 128u) {
                const uint d4 = i % (depth / 4);
                vec4 v = vec4(0);
                if (d + d4 < D4) v = q(lineAt[i / (depth / 4)].x + d + d4);
                [[unroll]] for (int n = 0; n < 4; ++n) slice[(4 * d4 + n) * queryLine + i / depth][i / (depth / 4) % 4] = v[n];
            }
            for (uint i = lane; i < 64 * depth / 4; i += 128u) { // an invocation's four keys are 16 apart
                const uint key = i / (depth / 4), d4 = i % (depth / 4);
                vec4 v = vec4(0);
                if (d + d4 < D4) v = k(keyAt + keyPlace(group, min(j + key, to - 1u)) + d + d4);
                [[unroll]] for (int n = 0; n < 4; ++n) slice[keysFrom + (4 * d4 + n) * keyLine + key % 16][key / 16] = v[n];
            }
            barrier();
            for (int n = 0; n < depth; ++n) {
                const vec4 right = slice[keysFrom + n * keyLine + x];
                [[unroll]] for (int r = 0; r < own; r += 4) {
                    const vec4 left = slice[n * queryLine + (y_ * own + r) / 4];
                    [[unroll]] for (int i = 0; i < 4; ++i) s[r + i] += left[i] * right;
                }
            }
        }
        [[unroll]] for (int r = 0; r < own; ++r) {
            const Line line = lineAgain(batch, y_ * own + r);
            [[unroll]] for (int i = 0; i < 4; ++i) {
                const uint key = j + x + 16 * i;
                s[r][i] = key < to ? score(line, key, s[r][i]) : minusInfinity();
            }
        }
        [[unroll]] for (int i = 0; i < 4; ++i)
            [[unroll]] for (int r = 0; r < own; r += 4)
                scores[(x + 16 * i) * scoreLine + (y_ * own + r) / 4] = vec4(s[r][i], s[r + 1][i], s[r + 2][i], s[r + 3][i]);
        barrier();
        // The largest score of each query, in parts; then the weights e^(score - largest) and their sum.
        float high = minusInfinity();
        for (uint n = 0; n < partKeys; ++n) high = max(high, scoreOf(from + n, row));
        slice[lane / 4][lane % 4] = high;
        barrier();
        high = top;
        for (uint n = 0; n < parts; ++n) high = max(high, slice[(row + n * R) / 4][row % 4]);
        const float zero = high == minusInfinity() ? 0.0 : high;
        float mine = 0.0;
        for (uint n = 0; n < partKeys; ++n) {
            const float w = expOf(scoreOf(from + n, row) - zero);
            scores[(from + n) * scoreLine + row / 4][row % 4] = w;
            mine += w;
        }
        slice[sumsFrom + lane / 4][lane % 4] = mine;
        barrier();
        const float shrunk = expOf(top - zero);
        weight *= shrunk, top = high;
        for (uint n = 0; n < parts; ++n) weight += slice[sumsFrom + (row + n * R) / 4][row % 4];
        if (lane < R) shrink[row] = shrunk;
        barrier();
        [[unroll]] for (int r = 0; r < own; ++r) {
            const float by = shrink[y_ * own + r];
            [[unroll]] for (int i = 0; i < columns; ++i) sum[r][i] *= by;
        }
        for (uint key0 = 0; key0 < 64; key0 += W) {
            if (key0 > 0) barrier();
            for (uint i = lane; i < W * D4; i += 128u)
                slice[i] = v(valueAt + keyPlace(group, min(j + key0 + i / D4, to - 1u)) + i % D4);
            barrier();
            for (uint n = 0; n < W; ++n) {
                vec4 right[columns];
                [[unroll]] for (int i = 0; i < columns; ++i) right[i] = slice[n * D4 + min(x + 16 * i, D4 - 1)];
                [[unroll]] for (int r = 0; r < own; r += 4) {
                    const vec4 left = scores[(key0 + n) * scoreLine + (y_ * own + r) / 4];
                    [[unroll]] for (int m = 0; m < 4; ++m)
                        [[unroll]] for (int i = 0; i < columns; ++i) sum[r + m][i] += left[m] * right[i];
                }
            }
        }
    }
    const uint before = part * groups * lines();
    if (lane < R) {
        shrink[row] = weight == 0.0 ? 0.0 : 1.0 / weight;
        if (first + row < lines()) lse(before + lineAt[row].w, top + lnOf(weight));
    }
    barrier();
    [[unroll]] for (int r = 0; r < own; ++r) {
        const uint line = y_ * own + r;
        if (first + line >= lines()) break;
        const float by = shrink[line];
        const uint at = before * D4 + outPlace(lineAgain(batch, line));
        [[unroll]] for (int i = 0; i < columns; ++i)
            if (x + 16 * i < D4) y(at + x + 16 * i, sum[r][i] * by);
    }
}
