#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// How often each 8-bit digit occurs in each block of each row. A block belongs to one invocation with counters of its own
// (CPU devices) or to a workgroup that shares them.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
layout(constant_id = 4) const bool byGroup = false;
INI(0, keys)
layout(set = 0, binding = 1, std430) writeonly buffer Counts { uint counts[]; }; // [outer, blocks, 256]
layout(push_constant) uniform Push { uint outer, size, blocks, length, shift; };

shared uint together[256];

void countAlone(uint block) {
    uint own[256];
    for (uint d = 0; d < 256; ++d) own[d] = 0u;
    const uint first = block % blocks * length, last = min(first + length, size), base = block / blocks * size;
    for (uint k = base + first; k < base + last; ++k) ++own[uint(keys(k)) >> shift & 255u];
    for (uint d = 0; d < 256; ++d) counts[block * 256 + d] = own[d];
}

void countTogether(uint block) {
    const uint lane = gl_LocalInvocationID.x, lanes = gl_WorkGroupSize.x;
    for (uint d = lane; d < 256; d += lanes) together[d] = 0u;
    barrier();
    const uint first = block % blocks * length, last = min(first + length, size), base = block / blocks * size;
    for (uint k = base + first + lane; k < base + last; k += lanes) atomicAdd(together[uint(keys(k)) >> shift & 255u], 1u);
    barrier();
    for (uint d = lane; d < 256; d += lanes) counts[block * 256 + d] = together[d];
}

void main() {
    const uint block = byGroup ? gl_WorkGroupID.x + gl_WorkGroupID.y * gl_NumWorkGroups.x : lineIndex();
    if (block >= outer * blocks) return;
    if (byGroup) countTogether(block);
    else countAlone(block);
}
