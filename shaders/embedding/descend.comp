#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// A step of t-SNE: gradient 4 (rho pull - push / Z), gains and momentum (Jacobs 1988), steps no longer than 5.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
IN4(0, pulls)
IN4(1, pushes) // [shares, padded]
IN4(2, total)  // of the pushes: Z in w
layout(set = 0, binding = 3, std430) buffer State { vec4 state[]; }; // [3, padded]: places, velocities, gains
layout(push_constant) uniform Push {
    uint count, padded, shares;
    float exaggeration, rate, momentum, kept, added; // kept: 0 forgets the velocity, else 1; added: to Z
};

void main() {
    const uint i = lineIndex();
    if (i >= count) return;
    vec3 push = vec3(0);
    for (uint share = 0u; share < shares; ++share) push += pushes(share * padded + i).xyz;
    const float z = max(1e-30, total(0u).w + added);
    const vec3 g = 4.0 * (exaggeration * pulls(i).xyz - push * (1.0 / z));
    vec3 velocity = kept * state[padded + i].xyz, gains = state[2u * padded + i].xyz;
    const bvec3 turned = greaterThan(g * velocity, vec3(0)); // what lies still has not turned
    gains = mix(gains + 0.2, 0.8 * gains + 0.01, turned);
    velocity = momentum * velocity - rate * gains * g;
    const float square = dot(velocity, velocity);
    if (square > 25.0) velocity *= 5.0 / sqrt(square);
    state[i] = vec4(state[i].xyz + velocity, 0);
    state[padded + i] = vec4(velocity, 0);
    state[2u * padded + i] = vec4(gains, 0);
}
