#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Puts the parts of attention.comp together: each part's result counts by e^lse. The parts' rows lie in the order of the
// result, their lse in the order [batch, head, query].
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
#include "tensor/functions.glsl"
IN4(0, partial)
IN1(1, partialLse)
OUT4(2, y)
OUT1(3, lse)
layout(push_constant) uniform Push {
    uint rows, parts, D4;
    uint queries, heads;               // to find a row's place
    uint outBatch, outHead, outToken; // in groups of four
};

void main() {
    const uint i = lineIndex(), row = i / D4, d = i % D4;
    if (row >= rows) return;
    const uint batch = row / queries / heads, head = row / queries % heads, query = row % queries;
    const uint at = batch * outBatch + head * outHead + query * outToken + d;
    float top = partialLse(row);
    for (uint part = 1u; part < parts; ++part) top = max(top, partialLse(part * rows + row));
    const float from = isinf(top) ? 0.0 : top;
    vec4 sum = vec4(0);
    float weight = 0.0;
    for (uint part = 0u; part < parts; ++part) {
        const float w = expOf(partialLse(part * rows + row) - from);
        weight += w;
        sum += w * partial(part * rows * D4 + at);
    }
    y(at, weight == 0.0 ? vec4(0) : sum / weight);
    if (d == 0u) lse(row, from + lnOf(weight));
}
