#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Each list in order of its measured values, equal ones by their rows: a workgroup a list, sorted in shared memory.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
layout(constant_id = 4) const uint room = 256;
layout(constant_id = 5) const uint size = 128;     // a power of two, at least `keep`
layout(constant_id = 6) const bool angles = false; // values are divided by the length of the other row
INI(0, lists)
layout(set = 0, binding = 1, std430) readonly buffer Measured { vec2 measured[]; };
layout(set = 0, binding = 2, std430) readonly buffer Inverse { vec2 inverse[]; }; // 1 / |y| of all rows, in two parts
layout(set = 0, binding = 3, std430) writeonly buffer Ordered { uint ordered[]; }; // count, bound, indices, values, what they lack
layout(push_constant) uniform Push { uint firstList, countLists, keep; };

shared float high[size], low[size];
shared uint index[size];

vec2 times(vec2 x, vec2 y) {
    precise float a = 4097.0 * x.x, b = 4097.0 * y.x;
    precise float xh = a - (a - x.x), yh = b - (b - y.x);
    precise float xl = x.x - xh, yl = y.x - yh;
    precise float p = x.x * y.x;
    precise float e = ((xh * yh - p) + xh * yl + xl * yh) + xl * yl;
    precise float rest = e + (x.x * y.y + x.y * y.x);
    precise float total = p + rest;
    return vec2(total, rest - (total - p));
}

void main() {
    const uint list = gl_WorkGroupID.x + gl_WorkGroupID.y * gl_NumWorkGroups.x, lane = gl_LocalInvocationID.x;
    if (list >= countLists) return; // the whole workgroup
    const uint at = (firstList + list) * (4 + 2 * room), count = uint(lists(at));
    for (uint e = lane; e < size; e += gl_WorkGroupSize.x) {
        vec2 value = vec2(1.0 / 0.0, 0);
        index[e] = 0xFFFFFFFFu;
        if (e < count) {
            index[e] = uint(lists(at + 4 + room + e));
            value = measured[(firstList + list) * keep + e];
            if (angles) value = times(value, inverse[index[e]]);
        }
        high[e] = value.x, low[e] = value.y;
    }
    barrier();
    for (uint part = 2; part <= size; part *= 2)
        for (uint step = part / 2; step > 0; step /= 2) {
            for (uint u = lane; u < size / 2; u += gl_WorkGroupSize.x) {
                const uint a = 2 * u - u % step, b = a + step, i = index[a], j = index[b];
                const vec2 x = vec2(high[a], low[a]), y = vec2(high[b], low[b]);
                const bool after = x.x > y.x || (x.x == y.x && (x.y > y.y || (x.y == y.y && i > j)));
                if (after == ((a & part) == 0 || part == size)) {
                    high[a] = y.x, low[a] = y.y, index[a] = j;
                    high[b] = x.x, low[b] = x.y, index[b] = i;
                }
            }
            barrier();
        }
    const uint to = (firstList + list) * (2 + 3 * keep);
    if (lane == 0) ordered[to] = count, ordered[to + 1] = uint(lists(at + 1));
    for (uint e = lane; e < keep; e += gl_WorkGroupSize.x) {
        ordered[to + 2 + e] = index[e];
        ordered[to + 2 + keep + e] = floatBitsToUint(high[e]);
        ordered[to + 2 + 2 * keep + e] = floatBitsToUint(low[e]);
    }
}
