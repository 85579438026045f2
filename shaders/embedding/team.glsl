// SPDX-License-Identifier: GPL-3.0-or-later
// A row is one invocation's work (CPU devices) or that of a team of neighbours (GPUs: what they read lies side by side). A
// team's sum is a tree over its members, so that neither the workgroup's size nor the subgroup's can change a bit.
layout(constant_id = 4) const uint team = 1u; // a power of two that divides the workgroup

shared vec4 joined[256];

/// Of all members, for each of them. Every invocation of the workgroup must come here.
vec4 teamSum(vec4 mine) {
    if (team == 1u) return mine;
    const uint lane = gl_LocalInvocationID.x, member = lane % team;
    barrier();
    joined[lane] = mine;
    barrier();
    for (uint reach = team / 2u; reach > 0u; reach /= 2u) {
        if (member < reach) joined[lane] += joined[lane + reach];
        barrier();
    }
    return joined[lane - member];
}
