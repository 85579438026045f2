#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// The gradients of k and v, one key per invocation, over all queries that read its head: a fixed order, no atomics. See
// attention_queries.comp for the formulas.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "common/tensor.glsl"
#include "tensor/functions.glsl"
#include "tensor/attention.glsl"
IN4(8, dy)
IN1(9, lse)
IN1(10, delta)
OUT4(11, dk)
OUT4(12, dv)

void main() {
    const uint j = gl_GlobalInvocationID.x, group = gl_GlobalInvocationID.y;
    if (j >= keys) return;
    const uint place = keyPlace(group, j);
    vec4 sumK[D4], sumV[D4];
    for (int d = 0; d < D4; ++d) sumK[d] = vec4(0), sumV[d] = vec4(0);
    for (uint i = 0u; i < lines(); ++i) {
        const Line line = lineOf(group, i);
        if (causal && int(j) > int(line.query) + offset) continue;
        const uint from = queryPlace(line), to = outPlace(line);
        vec4 s = vec4(0), t = vec4(0);
        // Unrolled this takes a CPU device's compiler many seconds; only the sums need registers.
        [[dont_unroll]] for (int d = 0; d < D4; ++d)
            s += q(from + d) * k(keyAt + place + d), t += dy(to + d) * v(valueAt + place + d);
        const float x = score(line, j, s.x + s.y + s.z + s.w);
        if (x == minusInfinity()) continue;
        const float p = expOf(x - lse(line.row)), ds = p * (t.x + t.y + t.z + t.w - delta(to / D4));
        for (int d = 0; d < D4; ++d) sumK[d] += ds * q(from + d), sumV[d] += p * dy(to + d);
    }
    for (int d = 0; d < D4; ++d) dk(keyAt + place + d, sumK[d] * scale), dv(valueAt + place + d, sumV[d]);
}
