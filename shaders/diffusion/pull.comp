#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// A step with a score that a network gave: x <- mix base + keep x + pull F + noise z. What turns the output F into the score
// is folded into keep and pull. Heun's second half takes its first as x, and where the step began as base.
#extension GL_GOOGLE_include_directive : require
#include "common/math.glsl"
#include "common/philox.glsl"
#include "common/read.glsl"
layout(local_size_x_id = 0, local_size_y_id = 1, local_size_z_id = 2) in;
READ2(0, from);
READ2(1, base);
READ2(2, outputs);
layout(set = 0, binding = 3, std430) writeonly buffer To { vec2 to[]; };
layout(push_constant) uniform Push {
    uvec2 seed;
    uint step, stream, particle; // number of the first particle
    uint fromFirst, baseFirst, toFirst, count;
    float mix_, keep, pull, noise;
};

void main() {
    const uint i = gl_GlobalInvocationID.x;
    if (i >= count) return;
    vec2 x = mix_ * LOAD2(base, baseFirst + i) + keep * LOAD2(from, fromFirst + i) + pull * LOAD2(outputs, i);
    if (noise != 0) {
        const uvec4 words = philox(seed, particle + i, step, stream);
        x += noise * normalPair(words.x, words.y);
    }
    const float wall = 1e12; // keeps a run that explodes finite
    to[toFirst + i] = clamp(x, -wall, wall);
}
