#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Particles at t = 0: drawn from the mixture, or from the data set (deviation 0), by the alias method.
#extension GL_GOOGLE_include_directive : require
#include "common/math.glsl"
#include "common/philox.glsl"
#include "common/read.glsl"
layout(local_size_x_id = 0, local_size_y_id = 1, local_size_z_id = 2) in;
READ4(0, data);  // vec4(mu_x, mu_y, s^2, log2 weight)
READU(1, alias); // pairs (threshold, alias)
layout(set = 0, binding = 2, std430) writeonly buffer Places { vec2 places[]; };
layout(push_constant) uniform Push {
    uvec2 seed;
    uint stream, count;
    float variance; // that the data carries at t = 0
};

void main() {
    const uint i = gl_GlobalInvocationID.x;
    const uvec4 words = philox(seed, i, 0u, stream);
    uint slot, rest;
    umulExtended(words.z, count, slot, rest);
    if (words.w >= LOADU(alias, 2u * slot)) slot = LOADU(alias, 2u * slot + 1u);
    const vec4 from = LOAD4(data, slot);
    places[i] = from.xy + sqrt(from.z + variance) * normalPair(words.x, words.y);
}
