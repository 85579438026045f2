// SPDX-License-Identifier: GPL-3.0-or-later
// Mean colour and opacity 1 - exp(-depth) of a pixel: from the four sums, or as the host has packed them.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "common/read.glsl"
#include "draw/light.glsl"
#include "draw/cloud.glsl"

layout(constant_id = 0) const bool PACKED = false;
READU(0, sums);
layout(location = 0) out vec4 result;

void main() {
    const int at = lightAt(ivec2(gl_FragCoord.xy), size);
    if (PACKED) {
        result = unpackUnorm4x8(LOADU(sums, at));
    } else {
        const uint depth = LOADU(sums, 4 * at + 3);
        const vec3 sum = vec3(LOADU(sums, 4 * at), LOADU(sums, 4 * at + 1), LOADU(sums, 4 * at + 2));
        result = vec4(min(sum * (256.0 / 255.0) / float(max(depth, 1u)), vec3(1)), 1 - exp(-float(depth) * perUnit));
    }
}
