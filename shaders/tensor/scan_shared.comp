#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// scan.comp along rows for GPUs: a workgroup of 128 takes a chunk, 512 neighbouring floats at a time, so that reads and
// writes lie together. Each invocation joins its own group of four, the pairs (a, b) are scanned over the workgroup
// (Hillis & Steele 1986), and the state runs from round to round.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
#include "tensor/scan.glsl"
layout(constant_id = 6) const bool reverse = false;
layout(constant_id = 7) const bool adjoint = false;
layout(constant_id = 8) const bool exclusive = false;
layout(constant_id = 9) const bool carried = false;
layout(constant_id = 10) const bool summary = false;
IN4(0, a4)
IN4(1, b4)
IN4(2, carry4)
OUT4(3, h4)
OUT1(3, h1)
OUT1(4, product1)
layout(push_constant) uniform Push { uint outer, size, inner, chunks, length; };

const uint lanes = 128;
shared vec4 pairs[2][lanes]; // (a, b), each two floats

vec4 joined(vec4 p, vec4 q) { // first p, then q
    return vec4(times(q.xyxy, p.xyxy).xy, times(q.xyxy, p.zwzw).xy + q.zw);
}

/// The a of steps[] of group g, one step late for the adjoint.
void factors(uint g, uint firstGroup, uint lastGroup, uint steps, out vec4 a[4]) {
    const vec4 own = a4(g);
    for (uint j = 0; j < steps; ++j) a[j] = elementOf(own, reverse ? steps - 1 - j : j);
    if (!adjoint) return;
    for (uint j = steps - 1; j > 0; --j) a[j] = conjugate(a[j - 1]);
    a[0] = vec4(0);
    if (reverse ? g + 1 < lastGroup : g > firstGroup) a[0] = conjugate(elementOf(a4(reverse ? g + 1 : g - 1), reverse ? 0u : steps - 1));
}

void store(uint place, vec2 h, vec2 product) {
    if (kind == complexPairs) {
        h1(2 * place, h.x);
        h1(2 * place + 1, h.y);
        product1(2 * place, product.x);
        product1(2 * place + 1, product.y);
    } else {
        h1(place, h.x);
        if (kind == 1u) product1(place, product.x);
    }
}

void main() {
    const uint lane = gl_LocalInvocationID.x, task = gl_WorkGroupID.x + gl_WorkGroupID.y * gl_NumWorkGroups.x;
    if (task >= outer * chunks) return; // a whole workgroup
    const uint steps = kind == complexPairs ? 2u : 4u, chunk = task % chunks, row = task / chunks;
    const uint base = row * size / steps, top = base + size / steps; // groups of the row
    const uint begin = base + chunk * length / steps, end = min(begin + length / steps, top);
    const vec4 none = vec4(one().xy, 0, 0);
    vec4 state = none; // (product, h) of all rounds before
    if (carried) state.zw = elementOf(carry4(groupOf(task)), task).xy;
    for (uint round = 0; round < end - begin; round += lanes) {
        const uint at = round + lane, g = reverse ? end - 1 - at : begin + at;
        vec4 a[4], b[4], own = none;
        for (uint j = 0; j < 4; ++j) a[j] = one(), b[j] = vec4(0);
        if (at < end - begin) {
            if (kind != 0u) factors(g, base, top, steps, a);
            const vec4 four = b4(g);
            for (uint j = 0; j < steps; ++j) {
                b[j] = elementOf(four, reverse ? steps - 1 - j : j);
                own = joined(own, vec4(a[j].xy, b[j].xy));
            }
        }
        pairs[0][lane] = own;
        barrier();
        uint from = 0;
        for (uint reach = 1; reach < lanes; reach *= 2) {
            vec4 v = pairs[from][lane];
            if (lane >= reach) v = joined(pairs[from][lane - reach], v);
            pairs[1 - from][lane] = v;
            from = 1 - from;
            barrier();
        }
        vec4 before = state;
        if (lane > 0u) before = joined(state, pairs[from][lane - 1]);
        state = joined(state, pairs[from][lanes - 1]);
        if (!summary && at < end - begin) {
            vec4 h = vec4(before.zw, 0, 0), result = vec4(0);
            for (uint j = 0; j < steps; ++j) {
                const vec4 old = h;
                h = times(a[j], h) + b[j];
                const vec4 v = exclusive ? old : h;
                const uint s = reverse ? steps - 1 - j : j;
                if (kind != complexPairs) result[s] = v.x;
                else if (s == 0) result.xy = v.xy;
                else result.zw = v.xy;
            }
            h4(g, result);
        }
        barrier(); // pairs[from] has been read
    }
    if (summary && lane == 0u) store(task, state.zw, state.xy);
}
