#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// [outer, size, inner] to [outer, chunks, inner]: chunk c holds values [c length, (c + 1) length) of the middle axis. Along
// rows (inner = 1, size a multiple of 4) groups of four are read, else one value at a time. On GPUs a workgroup of 128 takes a
// chunk of a row, its lanes side by side, joined by a fixed tree.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
layout(constant_id = 4) const uint what = 0u; // Reduction
layout(constant_id = 5) const bool alongRows = false;
layout(constant_id = 6) const bool team = false; // a workgroup for each result; along rows only
IN4(0, x4)
IN1(1, x1)
OUT1(2, y)
layout(push_constant) uniform Push { uint outer, size, inner, chunks, length; };

float start() { return what == 1u ? uintBitsToFloat(0xFF800000u) : what == 2u ? uintBitsToFloat(0x7F800000u) : 0.0; }
float join(float s, float v) {
    if (what == 1u) return isnan(v) || v > s ? v : s; // a NaN is not passed over
    if (what == 2u) return isnan(v) || v < s ? v : s;
    return what == 3u ? s + v * v : s + v;
}
float merge(float s, float t) { return what == 3u ? s + t : join(s, t); }

shared float parts[128];

void main() {
    const uint lane = gl_LocalInvocationID.x;
    const uint i = team ? gl_WorkGroupID.x + gl_WorkGroupID.y * gl_NumWorkGroups.x : lineIndex();
    if (i >= outer * chunks * inner) return;
    const uint column = i % inner, chunk = i / inner % chunks, row = i / inner / chunks;
    const uint first = chunk * length, last = min(first + length, size);
    vec4 sums = vec4(start());
    if (alongRows) {
        const uint step = team ? 128u : 1u;
        for (uint k = (row * size + first) / 4 + (team ? lane : 0u); k < (row * size + last) / 4; k += step) {
            const vec4 v = x4(k);
            for (int j = 0; j < 4; ++j) sums[j] = join(sums[j], v[j]);
        }
    } else {
        uint place = (row * size + first) * inner + column;
        for (uint k = first; k < last; ++k, place += inner) {
            sums[0] = join(sums[0], x1(place)); // the four take turns
            sums = sums.yzwx;
        }
    }
    float result = merge(merge(sums[0], sums[1]), merge(sums[2], sums[3]));
    if (team) {
        parts[lane] = result;
        barrier();
        for (uint half_ = 64u; half_ > 0u; half_ /= 2u) {
            if (lane < half_) parts[lane] = merge(parts[lane], parts[lane + half_]);
            barrier();
        }
        result = parts[0];
        if (lane > 0u) return;
    }
    y(i, result);
}
