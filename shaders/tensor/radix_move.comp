#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// One pass of a least-significant-digit radix sort: keys and their indices go to where the counts of digits say, those of
// a digit in the order in which they stand. A block belongs to one invocation (CPU devices) or to a workgroup of 128, which
// takes 128 keys at a time: a mask of the lanes that hold a digit tells each how many of its kind go before it.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
layout(constant_id = 4) const bool byGroup = false;
layout(constant_id = 5) const bool firstPass = false; // indices are places
layout(constant_id = 6) const bool lastPass = false;  // nobody reads the keys again
INI(0, keys)
INI(1, indices)
INI(2, before) // [outer, blocks, 256]
INI(3, totals) // [outer, 256]
layout(set = 0, binding = 4, std430) writeonly buffer KeysOut { uint keysOut[]; };
layout(set = 0, binding = 5, std430) writeonly buffer IndicesOut { int indicesOut[]; };
layout(push_constant) uniform Push { uint outer, size, blocks, length, shift; };

void move(uint from, uint to, uint key, uint column) {
    int index = int(column);
    if (!firstPass) index = indices(from);
    indicesOut[to] = index;
    if (!lastPass) keysOut[to] = key;
}

void moveAlone(uint block) {
    const uint row = block / blocks, base = row * size;
    uint next[256], sum = base;
    for (uint d = 0; d < 256; ++d) {
        next[d] = sum + uint(before(block * 256 + d));
        sum += uint(totals(row * 256 + d));
    }
    const uint first = block % blocks * length, last = min(first + length, size);
    for (uint k = first; k < last; ++k) {
        const uint key = uint(keys(base + k)), d = key >> shift & 255u, to = next[d];
        next[d] = to + 1u;
        move(base + k, to, key, k);
    }
}

const uint lanes = 128;
shared uint nexts[256];
shared uint masks[256][4];
shared uint sums[lanes];

void moveTogether(uint block) {
    const uint lane = gl_LocalInvocationID.x, row = block / blocks, base = row * size;
    // Where each digit begins: two digits to a lane, then their sums over the lanes (Hillis & Steele 1986).
    const uint even = uint(totals(row * 256 + 2 * lane)), odd = uint(totals(row * 256 + 2 * lane + 1));
    sums[lane] = even + odd;
    barrier();
    for (uint reach = 1; reach < lanes; reach *= 2) {
        uint add = 0u;
        if (lane >= reach) add = sums[lane - reach];
        barrier();
        sums[lane] += add;
        barrier();
    }
    const uint start = base + sums[lane] - even - odd;
    nexts[2 * lane] = start + uint(before(block * 256 + 2 * lane));
    nexts[2 * lane + 1] = start + even + uint(before(block * 256 + 2 * lane + 1));
    for (uint d = 2 * lane; d < 2 * lane + 2; ++d)
        for (uint w = 0; w < 4; ++w) masks[d][w] = 0u;
    barrier();

    const uint first = block % blocks * length, last = min(first + length, size);
    for (uint round = first; round < last; round += lanes) {
        const uint k = round + lane;
        const bool present = k < last;
        uint key = 0u, d = 0u, rank = 0u, all = 0u, to = 0u;
        if (present) {
            key = uint(keys(base + k));
            d = key >> shift & 255u;
            atomicOr(masks[d][lane / 32], 1u << (lane & 31u)); // bits of different lanes: in any order
        }
        barrier();
        if (present) {
            for (uint w = 0; w < 4; ++w) {
                const uint mask = masks[d][w];
                all += bitCount(mask);
                rank += bitCount(w < lane / 32 ? mask : w > lane / 32 ? 0u : mask & ((1u << (lane & 31u)) - 1u));
            }
            to = nexts[d] + rank;
        }
        barrier();
        if (present) {
            move(base + k, to, key, k);
            if (rank + 1u == all) { // the last of its digit clears up
                nexts[d] = to + 1u;
                for (uint w = 0; w < 4; ++w) masks[d][w] = 0u;
            }
        }
        barrier();
    }
}

void main() {
    const uint block = byGroup ? gl_WorkGroupID.x + gl_WorkGroupID.y * gl_NumWorkGroups.x : lineIndex();
    if (block >= outer * blocks) return;
    if (byGroup) moveTogether(block);
    else moveAlone(block);
}
