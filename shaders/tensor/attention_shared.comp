#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Attention for GPUs: a workgroup of 128 takes R queries and goes over the keys in tiles of C that it shares. The 128 / R
// invocations of a query divide the tile's keys among them for the scores and the head's columns for the result. At most
// 16 KiB are shared: ops/attention.cpp chooses R and C by the head's size.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
#include "tensor/functions.glsl"
#include "tensor/attention.glsl"
layout(constant_id = 10) const int R = 16;
layout(constant_id = 11) const int C = 32; // a multiple of 128 / R
OUT4(8, y)
OUT1(9, lse)

const int L = 128 / R, own = C / L, columns = (D4 + L - 1) / L, stride = D4 + 1; // + 1 against bank conflicts
shared vec4 query[R * D4];
shared vec4 tile[C * stride]; // the keys, then the values
shared float weights[R * C];
shared float highest[128];

void main() {
    const uint lane = gl_LocalInvocationID.x, r = lane / L, c = lane % L;
    const uint first = gl_WorkGroupID.x * R, group = gl_WorkGroupID.y, part = gl_WorkGroupID.z;
    const Line line = lineOf(group, min(first + r, lines() - 1u));
    uint last = 0u; // the same for the whole workgroup
    for (int i = 0; i < R; ++i) last = max(last, lastKey(lineOf(group, min(first + i, lines() - 1u)).query));
    for (uint i = lane; i < R * D4; i += 128u)
        query[i] = q(queryPlace(lineOf(group, min(first + i / D4, lines() - 1u))) + i % D4);
    float top = minusInfinity(), weight = 0.0;
    vec4 sum[columns];
    for (int i = 0; i < columns; ++i) sum[i] = vec4(0);
    const uint to = min((part + 1u) * chunk, last);
    for (uint j = part * chunk; j < to; j += C) {
        barrier();
        for (uint i = lane; i < C * D4; i += 128u)
            tile[i / D4 * stride + i % D4] = k(keyAt + keyPlace(group, min(j + i / D4, to - 1u)) + i % D4);
        barrier();
        float s[own], high = top;
        for (int n = 0; n < own; ++n) {
            const uint key = c + n * L;
            vec4 product = vec4(0);
            for (int d = 0; d < D4; ++d) product += query[r * D4 + d] * tile[key * stride + d];
            s[n] = j + key < to ? score(line, j + key, product.x + product.y + product.z + product.w) : minusInfinity();
            high = max(high, s[n]);
        }
        highest[lane] = high;
        barrier();
        for (int n = 0; n < L; ++n) high = max(high, highest[r * L + n]);
        const float from = high == minusInfinity() ? 0.0 : high, shrink = expOf(top - from);
        for (int n = 0; n < own; ++n) weights[r * C + c + n * L] = expOf(s[n] - from);
        for (uint i = lane; i < C * D4; i += 128u)
            tile[i / D4 * stride + i % D4] = v(valueAt + keyPlace(group, min(j + i / D4, to - 1u)) + i % D4);
        barrier();
        weight *= shrink, top = high;
        for (int i = 0; i < columns; ++i) sum[i] *= shrink;
        for (int key = 0; key < C; ++key) {
            const float w = weights[r * C + key];
            weight += w;
            for (int i = 0; i < columns; ++i)
                if (c + i * L < D4) sum[i] += w * tile[key * stride + c + i * L];
        }
    }
    if (first + r >= lines()) return;
    const float by = weight == 0.0 ? 0.0 : 1.0 / weight;
    const uint at = part * groups * lines() * D4 + outPlace(line);
    for (int i = 0; i < columns; ++i)
        if (c + i * L < D4) y(at + c + i * L, sum[i] * by);
    if (c == 0u) lse(part * groups * lines() + line.row, top + lnOf(weight));
}
