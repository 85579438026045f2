#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Mamba-1's selective scan, a channel of a sequence per invocation, its states in registers: nothing but Delta, u, B, C and y
// passes through memory. e^x as exp2, A scaled once.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
layout(constant_id = 4) const uint groups = 4u; // of four states
IN1(0, delta)
IN1(1, u)
IN4(2, A4)
IN4(3, B4)
IN4(4, C4)
IN1(5, skip)
OUT1(6, y)
const uint ahead = 8u;
layout(push_constant) uniform Push { uint batch, length, channels; };

void main() {
    // A workgroup is in one sequence, so that B and C are the same for all of it.
    const uint wide = (channels + gl_WorkGroupSize.x - 1u) / gl_WorkGroupSize.x;
    const uint task = gl_WorkGroupID.x + gl_WorkGroupID.y * gl_NumWorkGroups.x, row = task / wide;
    const uint d = task % wide * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    if (row >= batch || d >= channels) return;
    vec4 h[groups], rate[groups];
    for (uint g = 0; g < groups; ++g) h[g] = vec4(0), rate[g] = 1.44269504 * A4(d * groups + g);
    const float through = skip(d);
    for (uint from = 0; from < length; from += ahead) {
        // Read together, before any y is written: otherwise each token waits for memory by itself.
        float steps[ahead], inputs[ahead];
        for (uint j = 0; j < ahead; ++j) {
            const uint place = (row * length + min(from + j, length - 1u)) * channels + d;
            steps[j] = delta(place);
            inputs[j] = u(place);
        }
        for (uint j = 0; j < min(ahead, length - from); ++j) {
            const uint token = row * length + from + j;
            const float given = steps[j] * inputs[j];
            float sum = through * inputs[j];
            for (uint g = 0; g < groups; ++g) {
                h[g] = exp2(steps[j] * rate[g]) * h[g] + given * B4(token * groups + g);
                sum += dot(C4(token * groups + g), h[g]);
            }
            y(token * channels + d, sum);
        }
    }
}
