#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// scan.comp along rows for GPUs: a workgroup of 128 takes a chunk, 2048 neighbouring floats at a time. Each invocation joins
// its own four groups of four, the pairs (a, b) are scanned over the workgroup (Hillis & Steele 1986), and the state runs from
// round to round.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
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

const uint lanes = 128, span = 4; // groups of four that an invocation takes
shared vec4 pairs[2][lanes]; // (a, b), each two floats

vec4 joined(vec4 p, vec4 q) { // first p, then q
    return vec4(times(q.xyxy, p.xyxy).xy, times(q.xyxy, p.zwzw).xy + q.zw);
}

vec2 times2(vec2 p, vec2 q) { return times(p.xyxy, q.xyxy).xy; }
vec2 element2(vec4 g, uint place) { return elementOf(g, place).xy; }

/// The a of group g's steps in their order, one step late for the adjoint; `late` is the a of the step before.
void factors(vec4 own, uint steps, vec2 late, inout vec2 a[4]) {
    [[unroll]] for (uint j = 0; j < steps; ++j) a[j] = element2(own, reverse ? steps - 1 - j : j);
    if (!adjoint) return;
    [[unroll]] for (uint j = steps - 1; j > 0; --j) a[j] = conjugate(a[j - 1].xyxy).xy;
    a[0] = conjugate(late.xyxy).xy;
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
    const uint count = end - begin;
    for (uint round = 0; round < count; round += lanes * span) {
        vec2 a[span][4], b[span][4];
        const uint first = round + lane * span;
        vec2 late = vec2(0); // none before the row's first step
        if (adjoint && first < count) {
            const uint g = reverse ? end - 1 - first : begin + first;
            if (reverse ? g + 1 < top : g > base) late = element2(a4(reverse ? g + 1 : g - 1), reverse ? 0u : steps - 1);
        }
        vec4 own = none;
        [[unroll]] for (uint s = 0; s < span; ++s) {
            vec4 a_ = one(), b_ = vec4(0); // beyond the end: nothing changes
            const uint g = reverse ? end - 1 - (first + s) : begin + first + s;
            if (first + s < count) {
                if (kind != 0u) a_ = a4(g);
                b_ = b4(g);
            } else if (kind == complexPairs) {
                a_ = vec4(1, 0, 1, 0);
            }
            factors(a_, steps, late, a[s]);
            late = element2(a_, reverse ? 0u : steps - 1);
            if (adjoint && first + s >= count) [[unroll]] for (uint j = 0; j < 4; ++j) a[s][j] = one().xy;
            [[unroll]] for (uint j = 0; j < steps; ++j) {
                b[s][j] = element2(b_, reverse ? steps - 1 - j : j);
                own = joined(own, vec4(a[s][j], b[s][j]));
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
        if (!summary) {
            vec2 h = before.zw;
            [[unroll]] for (uint s = 0; s < span; ++s) {
                vec4 result = vec4(0);
                [[unroll]] for (uint j = 0; j < steps; ++j) {
                    const vec2 old = h;
                    h = times2(a[s][j], h) + b[s][j];
                    const vec2 v = exclusive ? old : h;
                    const uint at = reverse ? steps - 1 - j : j;
                    if (kind != complexPairs) result[at] = v.x;
                    else if (at == 0) result.xy = v;
                    else result.zw = v;
                }
                if (first + s < count) h4(reverse ? end - 1 - (first + s) : begin + first + s, result);
            }
        }
        barrier(); // pairs[from] has been read
    }
    if (summary && lane == 0u) store(task, state.zw, state.xy);
}
