#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// The gradients that belong to queries: of q, of the bias and of the relative positions, one query per invocation. The
// weights are computed again from lse (Dao et al. 2022, algorithm 4): p = e^(score - lse), ds = p (dy . v - delta), where
// delta = dy . y.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "common/tensor.glsl"
#include "tensor/functions.glsl"
#include "tensor/attention.glsl"
layout(constant_id = 10) const bool givesBias = false;
layout(constant_id = 11) const bool givesPositions = false;
IN4(8, dy)
IN1(9, lse)
IN1(10, delta) // in the order of y
OUT4(11, dq)
layout(set = 0, binding = 12, std430) writeonly buffer Bias { float dbias[]; }; // [batch, head, query, key], zero before
layout(set = 0, binding = 13, std430) buffer RelH { float drelH[]; };             // zero before
layout(set = 0, binding = 14, std430) buffer RelW { float drelW[]; };

void main() {
    const uint i = gl_GlobalInvocationID.x, group = gl_GlobalInvocationID.y;
    if (i >= lines()) return;
    const Line line = lineOf(group, i);
    vec4 sum[D4];
    for (int d = 0; d < D4; ++d) sum[d] = vec4(0);
    const uint from = queryPlace(line), out_ = outPlace(line);
    const float total = lse(line.row), mean = delta(out_ / D4);
    const uint to = lastKey(line.query);
    for (uint j = 0u; j < to; j += 4u) {
        uint place[4];
        for (int c = 0; c < 4; ++c) place[c] = keyPlace(group, min(j + c, to - 1u));
        vec4 s = vec4(0), t = vec4(0);
        // Unrolled this takes a CPU device's compiler many seconds; only the sums need registers.
        [[dont_unroll]] for (int d = 0; d < D4; ++d) {
            mat4 key, value;
            for (int c = 0; c < 4; ++c) key[c] = k(keyAt + place[c] + d), value[c] = v(valueAt + place[c] + d);
            s += q(from + d) * key, t += dy(out_ + d) * value;
        }
        vec4 ds = vec4(0);
        for (int c = 0; c < 4; ++c) {
            const float x = j + c < to ? score(line, j + c, s[c]) : minusInfinity();
            if (x == minusInfinity()) continue;
            ds[c] = expOf(x - total) * (t[c] - mean);
            if (givesBias) dbias[line.row * keys + j + c] = ds[c];
            if (givesPositions) {
                drelH[line.row * relHeight + (j + c) / relWidth] += ds[c];
                drelW[line.row * relWidth + (j + c) % relWidth] += ds[c];
            }
        }
        for (int d = 0; d < D4; ++d) {
            mat4 key;
            for (int c = 0; c < 4; ++c) key[c] = k(keyAt + place[c] + d);
            sum[d] += key * ds;
        }
    }
    for (int d = 0; d < D4; ++d) dq(from + d, sum[d] * scale);
}
