#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// A step without a score: x <- keep x + noise z.
#extension GL_GOOGLE_include_directive : require
#include "common/math.glsl"
#include "common/philox.glsl"
#include "common/read.glsl"
layout(local_size_x_id = 0, local_size_y_id = 1, local_size_z_id = 2) in;
READ2(0, from);
layout(set = 0, binding = 1, std430) writeonly buffer To { vec2 to[]; };
layout(push_constant) uniform Push {
    uvec2 seed;
    uint step, stream, first; // the first particle of this slice
    float keep, noise;
};

void main() {
    const uint i = first + gl_GlobalInvocationID.x;
    const uvec4 words = philox(seed, i, step, stream);
    to[i] = keep * LOAD2(from, i) + noise * normalPair(words.x, words.y);
}
