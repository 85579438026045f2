#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Attention with an online softmax (Milakov & Gimelshein 2018; Dao et al. 2022): an invocation keeps ROWS queries and their
// results in registers and goes over the keys four at a time. Made for CPU devices, where reads through texels are cheap and
// barriers are not; attention_shared.comp is the one for GPUs. A part is a range of keys: few queries and many keys are split
// into parts that attention_merge.comp puts together.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
#include "tensor/functions.glsl"
#include "tensor/attention.glsl"
layout(constant_id = 10) const int ROWS = 1;
OUT4(8, y)
OUT1(9, lse) // ln of the sum of e^score

void main() {
    // Neighbours in a line of all work: with one query per head the lanes of a CPU take other heads and parts.
    const uint blocks = (lines() + ROWS - 1u) / ROWS, index = lineIndex();
    const uint first = index % blocks * ROWS, group = index / blocks % groups, part = index / blocks / groups;
    if (part * chunk >= keys) return;
    vec4 query[ROWS * D4], sum[ROWS * D4];
    float top[ROWS], weight[ROWS];
    Line line[ROWS];
    uint last = 0u;
    for (int r = 0; r < ROWS; ++r) {
        line[r] = lineOf(group, min(first + r, lines() - 1u));
        last = max(last, lastKey(line[r].query));
        top[r] = minusInfinity(), weight[r] = 0.0;
        for (int d = 0; d < D4; ++d) query[r * D4 + d] = q(queryPlace(line[r]) + d), sum[r * D4 + d] = vec4(0);
    }
    const uint to = min((part + 1u) * chunk, last);
    for (uint j = part * chunk; j < to; j += 4u) {
        uint place[4];
        for (int c = 0; c < 4; ++c) place[c] = keyPlace(group, min(j + c, to - 1u));
        vec4 s[ROWS];
        for (int r = 0; r < ROWS; ++r) s[r] = vec4(0);
        for (int d = 0; d < D4; ++d) {
            mat4 key;
            for (int c = 0; c < 4; ++c) key[c] = k(keyAt + place[c] + d);
            for (int r = 0; r < ROWS; ++r) s[r] += query[r * D4 + d] * key; // four scalar products
        }
        float shrink[ROWS];
        for (int r = 0; r < ROWS; ++r) {
            for (int c = 0; c < 4; ++c) {
                s[r][c] = score(line[r], j + c, s[r][c]);
                if (j + c >= to) s[r][c] = minusInfinity();
            }
            const float high = max(max(max(s[r].x, s[r].y), max(s[r].z, s[r].w)), top[r]);
            const float from = high == minusInfinity() ? 0.0 : high; // nothing seen yet: e^(-inf) then gives zeros
            shrink[r] = expOf(top[r] - from);
            for (int c = 0; c < 4; ++c) s[r][c] = expOf(s[r][c] - from);
            weight[r] = weight[r] * shrink[r] + (s[r].x + s[r].y + s[r].z + s[r].w);
            top[r] = high;
        }
        for (int d = 0; d < D4; ++d) {
            mat4 value;
            for (int c = 0; c < 4; ++c) value[c] = v(valueAt + place[c] + d);
            for (int r = 0; r < ROWS; ++r) sum[r * D4 + d] = sum[r * D4 + d] * shrink[r] + value * s[r];
        }
    }
    for (int r = 0; r < ROWS; ++r) {
        if (first + r >= lines()) break;
        const float by = weight[r] == 0.0 ? 0.0 : 1.0 / weight[r]; // a query that sees nothing gives zeros
        const uint to = part * groups * lines() * D4 + outPlace(line[r]);
        for (int d = 0; d < D4; ++d) y(to + d, sum[r * D4 + d] * by);
        lse(part * groups * lines() + line[r].row, top[r] + lnOf(weight[r]));
    }
}
