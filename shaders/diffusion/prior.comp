#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Particles of the prior N(0, deviation^2 I), where the way back starts.
#extension GL_GOOGLE_include_directive : require
#include "common/math.glsl"
#include "common/philox.glsl"
layout(local_size_x_id = 0, local_size_y_id = 1, local_size_z_id = 2) in;
layout(set = 0, binding = 0, std430) writeonly buffer Places { vec2 places[]; };
layout(push_constant) uniform Push {
    uvec2 seed;
    uint stream;
    float deviation;
};

void main() {
    const uint i = gl_GlobalInvocationID.x;
    const uvec4 words = philox(seed, i, 0u, stream);
    places[i] = deviation * normalPair(words.x, words.y);
}
