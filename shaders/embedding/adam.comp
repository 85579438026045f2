#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// A step by Adam (Kingma & Ba 2015) along the forces, with the decays 0.5 and 0.9 of uwot and umappp.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
IN4(0, forces) // [2, padded]
layout(set = 0, binding = 1, std430) buffer State { vec4 state[]; }; // [3, padded]: places, means, means of squares
layout(push_constant) uniform Push {
    uint count, padded;
    float rate, fullFirst, fullSecond; // 1 / (1 - decay^step)
};

void main() {
    const uint i = lineIndex();
    if (i >= count) return;
    const vec3 g = forces(i).xyz + forces(padded + i).xyz;
    const vec3 mean = 0.5 * state[padded + i].xyz + 0.5 * g;
    const vec3 squares = 0.9 * state[2u * padded + i].xyz + (1.0 - 0.9) * g * g;
    state[i] = vec4(state[i].xyz + rate * mean * fullFirst / (sqrt(squares * fullSecond) + 1e-7), 0);
    state[padded + i] = vec4(mean, 0);
    state[2u * padded + i] = vec4(squares, 0);
}
