#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Adds a point's optical depth, in whole numbers, to every pixel that its disc (1 - r^2/R^2)^2 covers, and depth times colour.
#extension GL_GOOGLE_include_directive : require
#include "common/read.glsl"
#include "draw/light.glsl"
#include "draw/cloud.glsl"
layout(local_size_x_id = 0, local_size_y_id = 1, local_size_z_id = 2) in;
READ4(0, places);
READU(1, marks);
layout(set = 0, binding = 2, std430) buffer Sums { uint sums[]; };

const float fullSize = 64, leastRadius = 1.25, greatestRadius = 96;

void main() {
    const uint i = gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * gl_NumWorkGroups.x * gl_WorkGroupSize.x;
    if (i >= points) return;
    const vec4 point = vec4(LOAD4(places, i).xyz, 1);
    const uint mark = LOADU(marks, i);
    const float w = dot(toW, point);
    if (mark >> 24 == 0u || !(w > 0.02)) return;
    const vec2 place = vec2(dot(toX, point), dot(toY, point)) / w;
    const float wanted = radius * float(mark >> 24) / fullSize / w, r = clamp(wanted, leastRadius, greatestRadius);
    if (!all(lessThan(abs(place - 0.5 * vec2(size)), 0.5 * vec2(size) + r))) return; // outside, or not finite
    const float kept = min(wanted / r, 1);
    float units = centre * kept * kept;
    if (reach > 0) units *= 1 + (farDepth - 1) * clamp((w - 1) / reach * 0.5 + 0.5, 0, 1);

    const ivec2 first = ivec2(floor(place - r + 0.5));
    const int side = int(ceil(2 * r));
    const ivec2 low = max(first, ivec2(0)), high = min(first + side, size);
    if (any(greaterThanEqual(low, high))) return;
    const int flags = 3 * ((size.x + 3) >> 2) * ((size.y + 3) >> 2) * 16; // flagAt is behind one number per pixel, here are four
    for (int y = low.y >> 6; y <= (high.y - 1) >> 6; ++y)
        for (int x = low.x >> 6; x <= (high.x - 1) >> 6; ++x) atomicOr(sums[flags + flagAt(ivec2(x, y), size)], 1u);
    const uvec3 colour = uvec3(mark & 255u, mark >> 8 & 255u, mark >> 16 & 255u);
    for (int y = low.y; y < high.y; ++y)
        for (int x = low.x; x < high.x; ++x) {
            const vec2 away = (vec2(x, y) + 0.5 - place) / r;
            const float inside = 1 - dot(away, away);
            if (inside <= 0) continue;
            const uint depth = uint(units * inside * inside + 0.5);
            const int at = 4 * lightAt(ivec2(x, y), size);
            const uvec3 part = (colour * depth + 128u) >> 8;
            atomicAdd(sums[at], part.r);
            atomicAdd(sums[at + 1], part.g);
            atomicAdd(sums[at + 2], part.b);
            atomicAdd(sums[at + 3], depth);
        }
}
