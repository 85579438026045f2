#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// h_t = a_t h_(t-1) + b_t along the middle axis of [outer, size, inner], one chunk of it per invocation: either all h, from
// the state that the chunk starts with, or the chunk's summary: its last h from zero and the product of its a.
// The adjoint takes the a of the step before (in the order of the scan), conjugate, and none at the first step.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "common/tensor.glsl"
#include "tensor/scan.glsl"
layout(constant_id = 6) const bool reverse = false;
layout(constant_id = 7) const bool adjoint = false;
layout(constant_id = 8) const bool exclusive = false; // h before step t instead of after it
layout(constant_id = 9) const bool carried = false;   // chunks start from `carry` instead of zero
layout(constant_id = 10) const bool summary = false;
IN4(0, a4)
IN4(1, b4)
IN4(2, carry4)
OUT4(3, h4)
OUT1(3, h1)
OUT4(4, product4)
OUT1(4, product1)
layout(push_constant) uniform Push { uint outer, size, inner, chunks, length; };

vec4 h, product, held; // held: the adjoint's a, one step late

/// One step; gives the value to be written.
vec4 advance(vec4 a, vec4 b) {
    const vec4 before = h, factor = adjoint ? held : a;
    held = conjugate(a);
    if (kind == 0u) {
        h += b;
    } else {
        h = times(factor, h) + b;
        if (summary) product = times(factor, product);
    }
    return exclusive ? before : h;
}

void write(uint place, vec4 v) {
    if (mode == columns) {
        h4(place, v);
    } else if (kind == complexPairs) {
        h1(2 * place, v.x);
        h1(2 * place + 1, v.y);
    } else {
        h1(place, v.x);
    }
}
void writeProduct(uint place, vec4 v) {
    if (mode == columns) {
        product4(place, v);
    } else if (kind == complexPairs) {
        product1(2 * place, v.x);
        product1(2 * place + 1, v.y);
    } else {
        product1(place, v.x);
    }
}

/// Along a row: a group of four floats holds two or four steps.
void scanRow(uint base, uint first, uint last) {
    const uint steps = kind == complexPairs ? 2u : 4u, begin = (base + first) / steps, end = (base + last) / steps;
    for (uint k = 0; k < end - begin; ++k) {
        const uint g = reverse ? end - 1 - k : begin + k;
        vec4 a = one(), result = vec4(0);
        if (kind != 0u) a = a4(g);
        const vec4 b = b4(g);
        [[unroll]] for (uint j = 0; j < steps; ++j) {
            const uint s = reverse ? steps - 1 - j : j;
            const vec4 v = advance(elementOf(a, s), elementOf(b, s));
            if (kind != complexPairs) result[s] = v.x;
            else if (s == 0) result.xy = v.xy;
            else result.zw = v.xy;
        }
        if (!summary) h4(g, result);
    }
}

void scanColumn(uint base, uint first, uint last) {
    const uint count = last - first, ahead = 4; // steps read at a time: a GPU waits once for all of them
    for (uint k0 = 0; k0 < count; k0 += ahead) {
        vec4 a[ahead], b[ahead];
        [[unroll]] for (uint j = 0; j < ahead; ++j) {
            const uint k = min(k0 + j, count - 1), place = base + (reverse ? last - 1 - k : first + k) * inner;
            a[j] = one();
            if (kind != 0u) a[j] = elementOf(a4(groupOf(place)), place);
            b[j] = elementOf(b4(groupOf(place)), place);
        }
        [[unroll]] for (uint j = 0; j < ahead; ++j) {
            const uint k = k0 + j;
            if (k < count) {
                const vec4 v = advance(a[j], b[j]);
                if (!summary) write(base + (reverse ? last - 1 - k : first + k) * inner, v);
            }
        }
    }
}

void main() {
    const uint i = lineIndex();
    if (i >= outer * chunks * inner) return;
    const uint column = i % inner, chunk = i / inner % chunks, row = i / inner / chunks;
    const uint first = chunk * length, last = min(first + length, size), base = row * size * inner + column;
    h = vec4(0);
    if (carried) h = elementOf(carry4(groupOf(i)), i);
    product = one();
    held = vec4(0);
    if (adjoint && (reverse ? last < size : first > 0u)) {
        const uint place = base + (reverse ? last : first - 1u) * inner;
        held = conjugate(elementOf(a4(groupOf(place)), place));
    }
    if (mode == rows) scanRow(base, first, last);
    else scanColumn(base, first, last);
    if (!summary) return;
    write(i, h);
    if (kind != 0u) writeProduct(i, product);
}
