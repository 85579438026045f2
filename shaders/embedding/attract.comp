#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Attraction of t-SNE: each point gathers p w (y_i - y_j) over its row of P; or, for the loss, p log2(1 + |y_i - y_j|^2).
#extension GL_GOOGLE_include_directive : require
#include "common/math.glsl"
#include "common/tensor.glsl"
#include "embedding/team.glsl"
#include "embedding/words.glsl"
layout(constant_id = 5) const bool forLoss = false;
IN4(0, points)
INI(1, start)
IN2U(2, edges) // partner, bits of p
OUT4(3, pulls) // pull x, y, z; or 0, 0, 0 and the loss
layout(push_constant) uniform Push { uint first, rows; }; // of this part of the graph; start counts from the first

void main() {
    const uint item = lineIndex(), row = item / team, i = first + row;
    vec4 sum = vec4(0);
    if (row < rows) {
        const vec3 own = points(i).xyz;
        const uint end = uint(start(row + 1u));
        for (uint e = uint(start(row)) + item % team; e < end; e += team) {
            const uvec2 edge = edges(e);
            const vec3 d = own - points(edge.x).xyz;
            const float square = 1.0 + dot(d, d), p = uintBitsToFloat(edge.y);
            if (forLoss) sum.w += p * log2Of(square);
            else sum.xyz += p / square * d;
        }
    }
    sum = teamSum(sum);
    if (row < rows && item % team == 0u) pulls(i, sum);
}
