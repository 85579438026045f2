#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Adds a particle's disc (1 - r^2/R^2)^2 to the light of every pixel it covers: close to a Gaussian, but it ends. Whole
// numbers, so that the sum does not depend on the order, and no rasteriser, which costs a CPU device five times as much.
#extension GL_GOOGLE_include_directive : require
#include "common/read.glsl"
#include "draw/light.glsl"
layout(local_size_x_id = 0, local_size_y_id = 1, local_size_z_id = 2) in;
READ2(0, places);
layout(set = 0, binding = 1, std430) buffer Light { uint light[]; };
layout(push_constant) uniform Push {
    vec4 toPixels;
    ivec2 size;
    uint particles;
    float radius, centre; // in pixels; light at the middle, in units of the sum
};

void main() {
    const uint i = gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * gl_NumWorkGroups.x * gl_WorkGroupSize.x;
    if (i >= particles) return;
    const vec2 place = LOAD2(places, i) * toPixels.xy + toPixels.zw;
    if (!all(lessThan(abs(place - 0.5 * vec2(size)), 0.5 * vec2(size) + radius))) return; // outside, or not finite
    const ivec2 first = ivec2(floor(place - radius + 0.5));
    const int side = int(ceil(2 * radius));
    const ivec2 low = max(first, ivec2(0)) >> 6, high = min(first + side - 1, size - 1) >> 6;
    for (int y = low.y; y <= high.y; ++y)
        for (int x = low.x; x <= high.x; ++x) atomicOr(light[flagAt(ivec2(x, y), size)], 1u);
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x) {
            const ivec2 pixel = first + ivec2(x, y);
            const vec2 away = (vec2(pixel) + 0.5 - place) / radius;
            const float inside = 1 - dot(away, away);
            const bool within = inside > 0 && all(greaterThanEqual(pixel, ivec2(0))) && all(lessThan(pixel, size));
            if (within) atomicAdd(light[lightAt(pixel, size)], uint(centre * inside * inside + 0.5));
        }
}
