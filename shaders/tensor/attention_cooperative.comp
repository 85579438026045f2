#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Attention on a GPU's matrix units, for f16 heads of whole sixteens: a workgroup of four subgroups takes 64 queries, 16 each,
// and goes over the keys 64 at a time. Scores are summed in f32 and pass through shared memory, where two invocations look
// after a query: its largest score, its weights in f16 and their sum. Results stay in f32 fragments until the end.
#extension GL_GOOGLE_include_directive : require
#extension GL_NV_cooperative_matrix : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_shuffle : require
#extension GL_KHR_shader_subgroup_vote : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#extension GL_EXT_control_flow_attributes : require
#include "common/tensor.glsl"
#include "tensor/functions.glsl"
#include "tensor/attention.glsl"
OUT4(8, y)
OUT1(9, lse)
layout(set = 0, binding = 0, std430) readonly buffer Q8_ { uvec4 q8[]; }; // groups of eight
layout(set = 0, binding = 1, std430) readonly buffer K8_ { uvec4 k8[]; };
layout(set = 0, binding = 2, std430) readonly buffer V8_ { uvec4 v8[]; };

const uint D8 = D4 / 2, fragments = D4 / 4, tileLine = D8 + 1, scoreLine = 18; // groups of 16 bytes; + 1, + 2 against bank conflicts
const uint tokens = 64; // of a tile
shared uvec4 tile[tokens * tileLine]; // the queries once, then keys and values by turns
shared uvec4 scores[tokens * scoreLine]; // f32; then the weights in f16, each row at the start of its scores
shared float factors[4][16 * 16]; // one value per row, sixteen times

const uint loads = tokens * D8 / 128; // of a tile, by each invocation

#define HALVES fcoopmatNV<16, gl_ScopeSubgroup, 16, 16>
#define SINGLES fcoopmatNV<32, gl_ScopeSubgroup, 16, 16>

void settle() { subgroupMemoryBarrierShared(), subgroupBarrier(); }

/// Group i of a tile of keys or values from key j on; rows beyond the last key repeat it.
uvec4 keysOf(uint group, uint j, uint to, uint i) {
    return k8[(keyAt + keyPlace(group, min(j + i / D8, to - 1u))) / 2 + i % D8];
}
uvec4 valuesOf(uint group, uint j, uint to, uint i) {
    return v8[(valueAt + keyPlace(group, min(j + i / D8, to - 1u))) / 2 + i % D8];
}

void main() {
    const uint lane = gl_LocalInvocationID.x, team = lane / 32, row = lane % 32 / 2, side = lane % 2;
    const uint first = gl_WorkGroupID.x * 64, group = gl_WorkGroupID.y, part = gl_WorkGroupID.z;
    const uint ownRow = team * 16 + row;
    const Line line = lineOf(group, min(first + ownRow, lines() - 1u));
    uint last = keys; // the same for the whole workgroup
    if (causal) {
        last = 0u;
        for (int i = 0; i < 64; ++i) last = max(last, lastKey(lineOf(group, min(first + i, lines() - 1u)).query));
    }
    for (uint i = lane; i < tokens * D8; i += 128u)
        tile[i / D8 * tileLine + i % D8] = q8[queryPlace(lineOf(group, min(first + i / D8, lines() - 1u))) / 2 + i % D8];
    barrier();
    HALVES own[fragments];
    SINGLES sum[fragments];
    [[unroll]] for (uint d = 0; d < fragments; ++d) {
        coopMatLoadNV(own[d], tile, team * 16 * tileLine + 2 * d, tileLine, false);
        sum[d] = SINGLES(0.0);
    }
    float top = minusInfinity(), weight = 0.0;
    const uint to = min((part + 1u) * chunk, last);
    uvec4 next[loads]; // on their way to the tile while it is worked on
    if (part * chunk < to)
        [[unroll]] for (uint n = 0; n < loads; ++n) next[n] = keysOf(group, part * chunk, to, lane + n * 128);
    for (uint j = part * chunk; j < to; j += tokens) {
        barrier();
        [[unroll]] for (uint n = 0; n < loads; ++n) tile[(lane + n * 128) / D8 * tileLine + (lane + n * 128) % D8] = next[n];
        barrier();
        [[unroll]] for (uint n = 0; n < loads; ++n) next[n] = valuesOf(group, j, to, lane + n * 128);
        [[unroll]] for (uint n = 0; n < 4; ++n) {
            SINGLES s = SINGLES(0.0);
            [[unroll]] for (uint d = 0; d < fragments; ++d) {
                HALVES right;
                coopMatLoadNV(right, tile, 16 * n * tileLine + 2 * d, tileLine, true);
                s = coopMatMulAddNV(own[d], right, s);
            }
            coopMatStoreNV(s, scores, team * 16 * scoreLine + 4 * n, scoreLine, false);
        }
        barrier();
        [[unroll]] for (uint n = 0; n < loads; ++n) tile[(lane + n * 128) / D8 * tileLine + (lane + n * 128) % D8] = next[n];
        if (j + tokens < to)
            [[unroll]] for (uint n = 0; n < loads; ++n) next[n] = keysOf(group, j + tokens, to, lane + n * 128);
        float s[32], high = top;
        [[unroll]] for (uint n = 0; n < 8; ++n) {
            const vec4 products = uintBitsToFloat(scores[ownRow * scoreLine + 2 * n + side]);
            [[unroll]] for (uint c = 0; c < 4; ++c) {
                const uint key = j + 8 * n + 4 * side + c;
                s[4 * n + c] = key < to ? score(line, key, products[c]) : minusInfinity();
                high = max(high, s[4 * n + c]);
            }
        }
        high = max(high, subgroupShuffleXor(high, 1u));
        const float zero = high == minusInfinity() ? 0.0 : high, shrink = exp2((top - zero) * log2e);
        float mine = 0.0;
        settle(); // both have read the row
        [[unroll]] for (uint n = 0; n < 8; ++n) {
            const vec4 w = exp2((vec4(s[4 * n], s[4 * n + 1], s[4 * n + 2], s[4 * n + 3]) - zero) * log2e);
            const uvec2 codes = uvec2(packHalf2x16(w.xy), packHalf2x16(w.zw));
            if (side == 0u) scores[ownRow * scoreLine + n].xy = codes;
            else scores[ownRow * scoreLine + n].zw = codes;
            mine += (w.x + w.y) + (w.z + w.w);
        }
        mine += subgroupShuffleXor(mine, 1u);
        weight = weight * shrink + mine, top = high;
        if (subgroupAny(shrink != 1.0)) {
            [[unroll]] for (uint i = 0; i < 8; ++i) factors[team][row * 16 + side * 8 + i] = shrink;
            settle();
            SINGLES by;
            coopMatLoadNV(by, factors[team], 0, 16, false);
            [[unroll]] for (uint d = 0; d < fragments; ++d)
                for (int i = 0; i < by.length(); ++i) sum[d][i] *= by[i];
        }
        barrier(); // the values and all weights are there
        [[unroll]] for (uint n = 0; n < 4; ++n) {
            HALVES left;
            coopMatLoadNV(left, scores, team * 16 * scoreLine + 2 * n, scoreLine, false);
            [[unroll]] for (uint d = 0; d < fragments; ++d) {
                HALVES right;
                coopMatLoadNV(right, tile, 16 * n * tileLine + 2 * d, tileLine, false);
                sum[d] = coopMatMulAddNV(left, right, sum[d]);
            }
        }
    }
    const float by = weight == 0.0 ? 0.0 : 1.0 / weight;
    const uint before = part * groups * lines(), at = before * D4 + outPlace(line);
    [[unroll]] for (uint d = 0; d < fragments; d += 4) { // 64 numbers of the head at a time
        barrier();
        [[unroll]] for (uint n = 0; n < 4; ++n)
            if (d + n < fragments) coopMatStoreNV(sum[d + n], scores, team * 16 * scoreLine + 4 * n, scoreLine, false);
        barrier();
        if (first + ownRow < lines())
            for (uint n = 0; n < 8; ++n) {
                const uint d4 = 4 * d + 2 * n + side;
                if (d4 < D4) y(at + d4, uintBitsToFloat(scores[ownRow * scoreLine + 2 * n + side]) * by);
            }
    }
    if (first + ownRow < lines() && side == 0u) lse(before + line.row, top + lnOf(weight));
}
