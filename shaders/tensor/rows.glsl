// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of a matrix: one per invocation on CPU devices, where shared memory costs more than it saves; one per workgroup on
// GPUs, its lanes side by side, sums joined by a fixed tree. A shader declares `rows` and `size` in its push constants first.
//   ROW_IN(0, x)     x(row, k): elements 4k … 4k + 3 of a row, zeros beyond its end
//   ROW_OUT(1, y)    y(row, k, v): writes them
// Where size is no multiple of four, elements are read and written one at a time (then the result is f32).
#include "common/tensor.glsl"
layout(constant_id = 4) const bool fours = true; // size is a multiple of four, and all bindings are seen in fours
layout(constant_id = 5) const bool team = false; // a workgroup per row

const uint mostLanes = 256;
shared float parts[mostLanes];

/// Short rows share a workgroup, which then has as many as fit along y, and no row beyond the last.
uint rowIndex() {
    const uint group = gl_WorkGroupID.x + gl_WorkGroupID.y * gl_NumWorkGroups.x;
    return team ? group * gl_WorkGroupSize.y + gl_LocalInvocationID.y : lineIndex();
}
// The groups of four that this invocation takes: for (uint k = firstGroup(); k < groupCount(); k += groupStep())
uint firstGroup() { return team ? gl_LocalInvocationID.x : 0u; }
uint groupStep() { return team ? gl_WorkGroupSize.x : 1u; }
uint groupCount() { return fours ? size / 4u : (size + 3u) / 4u; }

/// v with the elements beyond the row's end replaced.
vec4 within(uint k, vec4 v, float beyond) {
    if (fours) return v;
    return mix(vec4(beyond), v, lessThan(uvec4(4u * k) + uvec4(0, 1, 2, 3), uvec4(size)));
}

/// Over all lanes of a row; the number of lanes is a power of two.
float total(vec4 v) {
    const float own = (v.x + v.y) + (v.z + v.w);
    if (!team) return own;
    const uint lane = gl_LocalInvocationID.x, at = gl_LocalInvocationIndex;
    barrier(); // an earlier result may still be read
    parts[at] = own;
    barrier();
    for (uint half_ = gl_WorkGroupSize.x / 2u; half_ > 0u; half_ /= 2u) {
        if (lane < half_) parts[at] += parts[at + half_];
        barrier();
    }
    return parts[at - lane];
}
float greatest(vec4 v) { // NaN are passed over
    const vec2 pair = mix(v.xy, v.zw, greaterThan(v.zw, v.xy));
    const float own = pair.y > pair.x ? pair.y : pair.x;
    if (!team) return own;
    const uint lane = gl_LocalInvocationID.x, at = gl_LocalInvocationIndex;
    barrier();
    parts[at] = own;
    barrier();
    for (uint half_ = gl_WorkGroupSize.x / 2u; half_ > 0u; half_ /= 2u) {
        if (lane < half_ && parts[at + half_] > parts[at]) parts[at] = parts[at + half_];
        barrier();
    }
    return parts[at - lane];
}

#define ROW_IN(slot, name)                                                          \
    IN4(slot, name##4)                                                              \
    IN1(slot, name##1)                                                              \
    vec4 name(uint row, uint k) {                                                   \
        if (fours) return name##4(row * (size / 4u) + k);                           \
        vec4 v = vec4(0);                                                           \
        for (uint j = 0u; j < 4u; ++j)                                              \
            if (4u * k + j < size) v[j] = name##1(row * size + 4u * k + j);         \
        return v;                                                                   \
    }
#define ROW_OUT(slot, name)                                                         \
    OUT4(slot, name##4)                                                             \
    OUT1(slot, name##1)                                                             \
    void name(uint row, uint k, vec4 v) {                                           \
        if (fours) {                                                                \
            name##4(row * (size / 4u) + k, v);                                      \
            return;                                                                 \
        }                                                                           \
        for (uint j = 0u; j < 4u; ++j)                                              \
            if (4u * k + j < size) name##1(row * size + 4u * k + j, v[j]);          \
    }
