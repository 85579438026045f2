#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Counts of particles in equal bins per axis; whole numbers, so the order of the additions does not matter.
#extension GL_GOOGLE_include_directive : require
#include "common/read.glsl"
layout(local_size_x_id = 0, local_size_y_id = 1, local_size_z_id = 2) in;
READ2(0, places);
layout(set = 0, binding = 1, std430) buffer Counts { uint counts[]; };
layout(push_constant) uniform Push {
    vec2 low, binsPerUnit;
    uint bins, particles;
};

void main() {
    const uint i = gl_GlobalInvocationID.x;
    if (i >= particles) return;
    const vec2 bin = floor((LOAD2(places, i) - low) * binsPerUnit);
    if (bin.x >= 0 && bin.x < float(bins)) atomicAdd(counts[uint(bin.x)], 1u);
    if (bin.y >= 0 && bin.y < float(bins)) atomicAdd(counts[bins + uint(bin.y)], 1u);
}
