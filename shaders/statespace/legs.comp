#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Bilinear LegS for many signals: a workgroup for each, its lanes a systolic pipe. A lane holds a block of orders and works one
// sample behind its neighbour on the left, from whom it takes the two running sums of engine/labs/statespace/legs_skewed.cpp:
//   S_n = ((T - n) S_(n-1) + (T + n) X_n - (2n + 1) Q_n) / (T + n + 1),  Q_n = Q_(n-1) + X_n,  X+_n = S_n - S_(n-1),  X_n = s_n x_n.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
layout(constant_id = 4) const uint lanes = 32u;
layout(constant_id = 5) const uint each = 8u;      // orders of a lane
layout(constant_id = 6) const bool middle = false; // T = 2k + 1 instead of 2k
IN1(0, u)
OUT1(1, states)
layout(push_constant) uniform Push { uint signals, length, orders; };
shared vec2 passed[2][lanes]; // (S, Q) after a lane's block, by turns

void main() {
    const uint row = gl_WorkGroupID.x + gl_WorkGroupID.y * gl_NumWorkGroups.x, lane = gl_LocalInvocationID.x;
    if (row >= signals) return; // a whole workgroup
    float X[each];
    for (uint i = 0u; i < each; ++i) X[i] = 0.0;
    for (uint tick = 0u; tick < length + lanes - 1u; ++tick) {
        const uint k = tick - lane; // wraps where the lane has not begun
        const bool works = tick >= lane && k < length;
        vec2 sums = vec2(0);
        if (lane > 0u) sums = passed[(tick + 1u) & 1u][lane - 1u];
        if (works) {
            if (lane == 0u) {
                const float now = u(row * length + k);
                sums = vec2(0, -2.0 * now);
                if (k == 0u) X[0] = now;
            }
            if (k > 0u) {
                const float T = 2.0 * float(k) + (middle ? 1.0 : 0.0);
                for (uint i = 0u; i < each; ++i) {
                    const float n = float(lane * each + i);
                    sums.y += X[i];
                    const float next = ((T - n) * sums.x + (T + n) * X[i] - (2.0 * n + 1.0) * sums.y) / (T + n + 1.0);
                    X[i] = next - sums.x;
                    sums.x = next;
                }
            }
        }
        passed[tick & 1u][lane] = sums;
        barrier();
    }
    for (uint i = 0u; i < each; ++i) {
        const uint n = lane * each + i;
        if (n < orders) states(row * orders + n, X[i] * inversesqrt(2.0 * float(n) + 1.0));
    }
}
