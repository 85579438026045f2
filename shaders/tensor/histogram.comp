#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Counts of classes: integers, so that the order of additions does not matter. Counters are first an invocation's own (CPU
// devices), or a workgroup's, and then added to everybody's; many classes are counted there at once.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
layout(constant_id = 4) const bool exponents = false; // classes of magnitudes by a table, else uniform bins
layout(constant_id = 5) const uint way = 0u;          // 0: everybody's counters, 1: an invocation's, 2: a workgroup's
IN4(0, x)
INI(1, table) // [256] class at the start of each binade; thresholds in bits, the first of each class after the first
layout(set = 0, binding = 2, std430) buffer Counts { uint counts[]; };
layout(push_constant) uniform Push {
    uint count, bins; // elements; the classes below, above and NaN follow the bins
    float low, high, width;
};

const uint alone = 1u, together = 2u, most = 256u, mostShared = 1024u;
shared uint common_[mostShared];
uint own[most];

/// Bin k holds edge(k) <= x < edge(k + 1), whatever the division rounds to.
float edge(uint k) {
    precise float e = float(k) * width;
    e = low + e;
    return k == bins ? high : e;
}
/// By bits: a device may take subnormal numbers for zero when it compares.
int orderOf(float v) {
    const int bits = floatBitsToInt(v);
    return bits >= 0 ? bits : -(bits & 0x7FFFFFFF);
}
uint binOf(float v) {
    if (isnan(v)) return bins + 2;
    if (orderOf(v) < orderOf(low)) return bins;
    if (orderOf(v) >= orderOf(high)) return bins + 1;
    uint k = min(uint((v - low) / width), bins - 1);
    while (k > 0u && orderOf(v) < orderOf(edge(k))) --k;
    while (k + 1 < bins && orderOf(v) >= orderOf(edge(k + 1))) ++k;
    return k;
}

uint magnitudeClass(float v) {
    const uint bits = floatBitsToUint(v) & 0x7FFFFFFFu;
    uint k = uint(table(bits >> 23));
    while (bits >= uint(table(256 + k))) ++k; // the last threshold is above all
    return k;
}

void add(uint k) {
    if (way == alone) ++own[k];
    else if (way == together) atomicAdd(common_[k], 1u);
    else atomicAdd(counts[k], 1u);
}

void main() {
    const uint classes = exponents ? bins : bins + 3u, lane = gl_LocalInvocationID.x, lanes = gl_WorkGroupSize.x;
    if (way == alone)
        for (uint k = 0; k < classes; ++k) own[k] = 0u;
    if (way == together) {
        for (uint k = lane; k < classes; k += lanes) common_[k] = 0u;
        barrier();
    }
    const uint groups = (count + 3u) / 4u;
    for (uint i = lineIndex(); i < groups; i += lineCount()) {
        const vec4 v = x(i);
        for (uint j = 0; j < min(4u, count - 4 * i); ++j) add(exponents ? magnitudeClass(v[j]) : binOf(v[j]));
    }
    if (way == alone)
        for (uint k = 0; k < classes; ++k)
            if (own[k] != 0u) atomicAdd(counts[k], own[k]);
    if (way == together) {
        barrier();
        for (uint k = lane; k < classes; k += lanes)
            if (common_[k] != 0u) atomicAdd(counts[k], common_[k]);
    }
}
