#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// The ceiling of additions that many threads make to one picture: four neighbouring numbers at a time, as a cloud's points do, at
// places that lie anywhere.
layout(local_size_x_id = 0) in;
layout(set = 0, binding = 0, std430) buffer Sums { uint sums[]; };
layout(push_constant) uniform Push { uint rounds, mask; };

void main() {
    uint at = gl_GlobalInvocationID.x * 2654435761u;
    for (uint round = 0; round < rounds; ++round) {
        at = at * 1664525u + 1013904223u;
        const uint first = 4 * (at >> 8 & mask);
        atomicAdd(sums[first], 1u);
        atomicAdd(sums[first + 1], 2u);
        atomicAdd(sums[first + 2], 3u);
        atomicAdd(sums[first + 3], 4u);
    }
}
