#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// A workgroup a row: the nearest k of its list and of what it looks at, which is its neighbours' neighbours where one of the two
// steps is new, or the leaves of a forest that it lies in. Every row writes its own list only, from those of the round before;
// what it looks at is a set, and the k least of a set do not depend on who measured which.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
layout(constant_id = 4) const uint size = 256;     // a power of two, at least k and the workgroup together
layout(constant_id = 5) const bool leaves = false; // look at leaves, not at neighbours' neighbours
layout(constant_id = 6) const bool products = false;
IN4(0, rows)
INI(1, before) // [n, 2, k]: indices (2 row + fresh), values
INI(2, around) // [n, width]; or [n, trees, 2]: where the leaf begins and how many are in it, and behind these the rows by leaves
layout(set = 0, binding = 3, std430) buffer After { uint after[]; }; // [n, 2, k] and how many are new
layout(push_constant) uniform Push {
    uint first, count, all; // rows: of this slice, and of the table
    uint k, width, forward; // width: of `around`, or trees
    uint depth4;
};

const uint slots = 2048, none = 0xFFFFFFFFu, own = 0x80000000u;
shared uint table[slots]; // of what has been seen; later the candidates one after another
shared float value[size];
shared uint index[size]; // 2 row + fresh, and the highest bit where it came this round
shared uint found, held, fresh;

/// Whether it was not there yet.
bool put(uint row, uint mark) {
    for (uint h = row * 2654435761u >> 21;; h = (h + 1) % slots) {
        const uint there = atomicCompSwap(table[h], none, row | mark);
        if (there == none) return true;
        if ((there & ~own) == row) return false;
    }
}

float measure(uint a, uint b) {
    vec4 sum = vec4(0);
    for (uint k4 = 0; k4 < depth4; ++k4) {
        const vec4 x = rows(a * depth4 + k4), y = rows(b * depth4 + k4);
        sum += products ? -x * y : (x - y) * (x - y);
    }
    return (sum.x + sum.y) + (sum.z + sum.w);
}

void sortAll() {
    for (uint part = 2; part <= size; part *= 2)
        for (uint step = part / 2; step > 0; step /= 2) {
            for (uint u = gl_LocalInvocationID.x; u < size / 2; u += gl_WorkGroupSize.x) {
                const uint a = 2 * u - u % step, b = a + step;
                const bool later = value[a] > value[b] || (value[a] == value[b] && index[a] << 1 > index[b] << 1);
                if (later == ((a & part) == 0 || part == size)) {
                    const float v = value[a];
                    const uint i = index[a];
                    value[a] = value[b], index[a] = index[b];
                    value[b] = v, index[b] = i;
                }
            }
            barrier();
        }
}

void main() {
    const uint group = gl_WorkGroupID.x + gl_WorkGroupID.y * gl_NumWorkGroups.x, lane = gl_LocalInvocationID.x,
               lanes = gl_WorkGroupSize.x;
    if (group >= count) return; // the whole workgroup
    const uint row = first + group, list = row * 2 * k;
    for (uint s = lane; s < slots; s += lanes) table[s] = none;
    if (lane == 0) found = held = fresh = 0;
    barrier();
    if (lane == 0) put(row, own);
    for (uint e = lane; e < size; e += lanes) {
        index[e] = none, value[e] = 1.0 / 0.0;
        if (e >= k) continue;
        const uint near = uint(before(list + e));
        if (near == none) continue;
        put(near >> 1, own);
        index[e] = !leaves && e < forward ? near & ~1u : near;
        value[e] = uintBitsToFloat(uint(before(list + k + e)));
    }
    barrier();
    if (leaves) {
        for (uint t = 0; t < width; ++t) {
            const uint begin = uint(around((row * width + t) * 2)), members = uint(around((row * width + t) * 2 + 1));
            for (uint m = lane; m < members; m += lanes) put(uint(around(2 * all * width + begin + m)), 0);
        }
    } else {
        for (uint u = lane; u < width * width; u += lanes) {
            const uint one = uint(around(row * width + u / width));
            if (one == none) continue;
            const uint two = uint(around((one >> 1) * width + u % width));
            if (two != none && ((one | two) & 1u) != 0) put(two >> 1, 0);
        }
    }
    barrier();
    for (uint s = lane; s < slots; s += lanes) { // the new ones move to the front; the same number of turns for all
        const uint there = table[s];
        barrier();
        if (there < own) table[atomicAdd(found, 1)] = there;
        barrier();
    }
    float bound = value[k - 1];
    const uint candidates = found;
    uint waiting = 0; // behind the list; the same for all
    for (uint c = 0; c < candidates; c += lanes) {
        if (c + lane < candidates) {
            const uint other = table[c + lane];
            const float v = measure(row, other);
            if (v <= bound) {
                const uint at = k + atomicAdd(held, 1);
                value[at] = v, index[at] = other << 1 | 1u | own;
            }
        }
        barrier();
        waiting = held;
        barrier();
        if (waiting == 0 || (waiting + lanes <= size - k && c + lanes < candidates)) continue;
        sortAll();
        for (uint e = k + lane; e < size; e += lanes) index[e] = none, value[e] = 1.0 / 0.0;
        if (lane == 0) held = 0;
        bound = value[k - 1];
        barrier();
    }
    uint new = 0;
    for (uint e = lane; e < k; e += lanes) {
        after[list + e] = index[e] == none ? none : index[e] & ~own;
        after[list + k + e] = floatBitsToUint(value[e]);
        if (index[e] != none) new += index[e] >> 31;
    }
    atomicAdd(fresh, new);
    barrier();
    if (lane == 0 && fresh > 0) atomicAdd(after[all * 2 * k], fresh);
}
