#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// A point's share of UMAP's loss: -ln q over its edges by their weights, and -ln(1 - q) over eight points drawn at random, always
// the same ones.
#extension GL_GOOGLE_include_directive : require
#include "common/math.glsl"
#include "common/tensor.glsl"
#include "embedding/umap.glsl"
#include "embedding/words.glsl"
IN4(0, points)
INI(1, start)
IN4U(2, edges) // partner, rate, phase, -
OUT4(3, sums)  // pulls, weights, pushes
layout(push_constant) uniform Push {
    uint first, rows; // of this part of the graph; start counts from the first
    uint count;
    float a, b, weight; // of an edge for a unit of its rate
};

const uint pairStream = 0x50414952u, pairs = 8u;

float odds(vec3 delta) { // 1 / q - 1
    return a * exp2Of(log2Of(max(dot(delta, delta), 1e-37)) * b);
}
float lnAbove1(float x) { return ln2 * log2Of(1.0 + x); }

void main() {
    const uint row = lineIndex(), i = first + row;
    if (row >= rows) return;
    const vec3 own = points(i).xyz;
    float pull = 0.0, degree = 0.0, push = 0.0;
    const uint end = uint(start(row + 1u));
    for (uint e = uint(start(row)); e < end; ++e) {
        const uvec4 edge = edges(e);
        const float w = float(edge.y) * weight;
        pull += w * lnAbove1(odds(own - points(edge.x).xyz));
        degree += w;
    }
    for (uint p = 0u; p < pairs; ++p) {
        const uint j = below(splitmix(uvec2(i, pairStream), p).y, count);
        if (j != i) push += degree / float(pairs) * lnAbove1(1.0 / max(odds(own - points(j).xyz), 1e-3));
    }
    sums(i, vec4(pull, degree, push, 0));
}
