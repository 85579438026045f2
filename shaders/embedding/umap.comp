#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// What acts on each point in a step of UMAP: the pulls of its edges that are due, and for each of them pushes of points drawn at
// random. All from the picture before the step, and draws by (seed, point, step): no order, no race.
#extension GL_GOOGLE_include_directive : require
#include "common/math.glsl"
#include "common/philox.glsl"
#include "common/tensor.glsl"
#include "embedding/team.glsl"
#include "embedding/umap.glsl"
#include "embedding/words.glsl"
IN4(0, points)
INI(1, start)
IN4U(2, edges)  // partner, rate, phase, -
OUT4(3, forces) // [2, padded]: pulls, pushes
layout(push_constant) uniform Push {
    uvec2 seed;
    uint first, rows; // of this part of the graph; start counts from the first
    uint count, padded, step_, negatives;
    float a, b, pull, push; // of the curve 1 / (1 + a d^2b); -2ab, 2 gamma b
};

const uint pushStream = 0x50555348u;

vec3 clipped(vec3 delta, bool pulls) {
    const float square = 1e-30 + dot(delta, delta), power = exp2Of(log2Of(square) * b), curve = power * a + 1.0;
    float factor = push / ((square + 0.001) * curve);
    if (pulls) factor = power * pull / (square * curve);
    return clamp(factor * delta, -4.0, 4.0);
}

void main() {
    const uint item = lineIndex(), row = item / team, i = first + row, member = item % team;
    vec3 own = vec3(0), pulls = vec3(0), pushes = vec3(0);
    float due = 0.0;
    if (row < rows) {
        own = points(i).xyz;
        const uint end = uint(start(row + 1u));
        for (uint e = uint(start(row)) + member; e < end; e += team) {
            const uvec4 edge = edges(e);
            if (edge.z + step_ * edge.y >= edge.y) continue;
            due += 1.0;
            pulls += clipped(own - points(edge.x).xyz, true);
        }
    }
    const vec4 all = teamSum(vec4(pulls, due));
    if (row < rows) {
        const uint drawn = uint(all.w) * negatives;
        const uvec2 key = philox(seed, i, step_, pushStream).yx;
        for (uint pair = member; 2u * pair < drawn; pair += team) {
            const uvec2 words = splitmix(key, pair);
            pushes += clipped(own - points(below(words.x, count)).xyz, false);
            if (2u * pair + 1u < drawn) pushes += clipped(own - points(below(words.y, count)).xyz, false);
        }
    }
    const vec4 pushed = teamSum(vec4(pushes, 0));
    if (row < rows && member == 0u) {
        forces(i, vec4(2.0 * all.xyz, 0)); // an edge stands in both its rows, and in each it moves both ends
        forces(padded + i, pushed);
    }
}
