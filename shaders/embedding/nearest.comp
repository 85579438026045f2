#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Candidates for the nearest rows: values v = offset + factor x.y of all pairs, a tile of `rows` x 128 at a time in registers, and
// of each row's values the least, which never leave the chip but into its list. A list takes what is below its bound until it is
// full, then it is sorted and cut, and the bound is where it was cut: what is not in it is at the bound or above. Nothing of the
// size of all pairs is kept: bytes go with rows x columns / (tile), FLOPs with rows x columns.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "common/tensor.glsl"
layout(constant_id = 4) const uint rows = 64; // of a workgroup, which is 16 x rows / 8
layout(constant_id = 5) const uint room = 256; // entries of a list: 256, 512 or 1024
IN4(0, queries)  // [., depth]
IN4(1, base)     // [., depth]
IN1(2, offsets)  // of base, padded to groups of four with what is never near
layout(set = 0, binding = 3, std430) coherent buffer Lists { uint lists[]; }; // count, bound, 0, 0, values, indices
layout(push_constant) uniform Push {
    uint firstQuery, countQueries; // rows of `queries`
    uint firstList;
    uint self;                     // number of the first of them among all rows
    uint firstBase, countBase;     // rows of `base`; the first a multiple of four
    uint number;                   // of row 0 of `base` among all rows
    uint depth4;                   // groups of four in a row
    uint keep;                     // entries that a list is cut to: at most room - 128
    uint begins, ends;             // nothing before; nothing comes after
    float factor;
};

const uint columns = 128, depth = 16, threads = 2 * rows;
const uint leftRow = rows / 4 + 1, rightRow = columns / 4 + 1; // + 1 against bank conflicts
const uint loadsA = rows * depth / 4 / threads, loadsB = columns * depth / 4 / threads;
const uint stride = 4 + 2 * room, together = 1024 / room;
const uint nowhere = 0xFFFFFFFFu;
shared uvec4 space[depth * (leftRow + rightRow)]; // tiles of queries and base, depth first; or lists that are being sorted
shared uint counts[rows];
shared float bounds[rows];

uint lane;

void put(uint word, uint bits) { space[word / 4][word % 4] = bits; }
uint taken(uint word) { return space[word / 4][word % 4]; }

/// Sorts and cuts the lists that hold more than `limit`; `together` of them fit in the space at once.
void cut(uint limit) {
    for (uint g = 0; g < rows; g += together) {
        bool any = false;
        for (uint t = 0; t < together; ++t) any = any || counts[g + t] > limit;
        if (!any) continue; // the same for the whole workgroup
        const uint all = together * room;
        for (uint u = lane; u < all; u += threads) {
            const uint row = g + u / room, e = u % room, at = (firstList + gl_WorkGroupID.x * rows + row) * stride + 4 + e;
            const bool held = e < counts[row];
            put(u, held ? lists[at] : floatBitsToUint(1.0 / 0.0));
            put(all + u, held ? lists[at + room] : nowhere);
        }
        barrier();
        for (uint size = 2; size <= room; size *= 2)
            for (uint step = size / 2; step > 0; step /= 2) {
                for (uint u = lane; u < all / 2; u += threads) {
                    const uint a = 2 * u - u % step, b = a + step;
                    const float x = uintBitsToFloat(taken(a)), y = uintBitsToFloat(taken(b));
                    const uint i = taken(all + a), j = taken(all + b);
                    const bool after = x > y || (x == y && i > j), rising = (a & size) == 0 || size == room;
                    if (after == rising) {
                        put(a, floatBitsToUint(y)), put(b, floatBitsToUint(x));
                        put(all + a, j), put(all + b, i);
                    }
                }
                barrier();
            }
        for (uint u = lane; u < all; u += threads) {
            const uint row = g + u / room, e = u % room, at = (firstList + gl_WorkGroupID.x * rows + row) * stride + 4 + e;
            if (e < min(keep, counts[row])) lists[at] = taken(u), lists[at + room] = taken(all + u);
        }
        barrier();
        if (lane < together && counts[g + lane] > keep) {
            counts[g + lane] = keep;
            bounds[g + lane] = min(bounds[g + lane], uintBitsToFloat(taken(lane * room + keep - 1)));
        }
        memoryBarrierBuffer();
        barrier();
    }
}

void main() {
    const uint x = gl_LocalInvocationID.x, y = gl_LocalInvocationID.y, firstRow = gl_WorkGroupID.x * rows;
    lane = y * 16 + x;
    for (uint r = lane; r < rows; r += threads) {
        const uint at = (firstList + firstRow + r) * stride;
        const bool there = firstRow + r < countQueries;
        counts[r] = there && begins == 0 ? lists[at] : 0;
        bounds[r] = !there ? -1.0 / 0.0 : begins == 0 ? uintBitsToFloat(lists[at + 1]) : 1.0 / 0.0;
    }
    barrier();
    for (uint c0 = 0; c0 < countBase; c0 += columns) {
        vec4 sum[8][2], nextA[loadsA], nextB[loadsB];
        [[unroll]] for (int r = 0; r < 8; ++r) sum[r][0] = sum[r][1] = vec4(0);
        for (uint k0 = 0; k0 < depth4 + depth / 4; k0 += depth / 4) { // fetches k0, multiplies what came before
            [[unroll]] for (uint n = 0; n < loadsA; ++n) {
                const uint i = lane + n * threads, k = k0 + i % (depth / 4), row = firstRow + i / (depth / 4);
                nextA[n] = vec4(0);
                if (k < depth4 && row < countQueries) nextA[n] = queries((firstQuery + row) * depth4 + k);
            }
            [[unroll]] for (uint n = 0; n < loadsB; ++n) {
                const uint i = lane + n * threads, k = k0 + i % (depth / 4), row = c0 + i / (depth / 4);
                nextB[n] = vec4(0);
                if (k < depth4 && row < countBase) nextB[n] = base((firstBase + row) * depth4 + k);
            }
            if (k0 > 0) {
                for (uint k = 0; k < depth; ++k) {
                    const uint left = k * leftRow + y, right = depth * leftRow + k * rightRow + x;
                    const vec4 l0 = uintBitsToFloat(space[left]), l1 = uintBitsToFloat(space[left + rows / 8]),
                               r0 = uintBitsToFloat(space[right]), r1 = uintBitsToFloat(space[right + 16]);
                    [[unroll]] for (int r = 0; r < 4; ++r) {
                        sum[r][0] += l0[r] * r0, sum[r][1] += l0[r] * r1;
                        sum[r + 4][0] += l1[r] * r0, sum[r + 4][1] += l1[r] * r1;
                    }
                }
                barrier();
            }
            [[unroll]] for (uint n = 0; n < loadsA; ++n) {
                const uint i = lane + n * threads, row = i / (depth / 4);
                [[unroll]] for (uint j = 0; j < 4; ++j)
                    space[(4 * (i % (depth / 4)) + j) * leftRow + row / 4][row % 4] = floatBitsToUint(nextA[n][j]);
            }
            [[unroll]] for (uint n = 0; n < loadsB; ++n) {
                const uint i = lane + n * threads, row = i / (depth / 4);
                [[unroll]] for (uint j = 0; j < 4; ++j)
                    space[depth * leftRow + (4 * (i % (depth / 4)) + j) * rightRow + row / 4][row % 4] =
                        floatBitsToUint(nextB[n][j]);
            }
            barrier();
        }
        [[unroll]] for (uint h = 0; h < 2; ++h) {
            const uint column = c0 + 4 * (x + 16 * h); // of the part of base
            if (column >= countBase) break;
            vec4 shift;
            for (uint j = 0; j < 4; ++j) shift[j] = offsets(firstBase + column + j);
            [[unroll]] for (uint r = 0; r < 8; ++r) {
                const uint row = r / 4 * (rows / 2) + 4 * y + r % 4;
                const vec4 v = shift + factor * sum[r][h];
                const float bound = bounds[row];
                if (!any(lessThan(v, vec4(bound)))) continue;
                for (uint j = 0; j < 4; ++j) {
                    const uint other = number + firstBase + column + j;
                    if (!(v[j] < bound) || column + j >= countBase || other == self + firstRow + row) continue;
                    const uint at = (firstList + firstRow + row) * stride + 4 + atomicAdd(counts[row], 1);
                    lists[at] = floatBitsToUint(v[j]), lists[at + room] = other;
                }
            }
        }
        memoryBarrierBuffer();
        barrier();
        cut(room - columns);
    }
    if (ends != 0) cut(keep);
    for (uint r = lane; r < rows; r += threads) {
        if (firstRow + r >= countQueries) break;
        const uint at = (firstList + firstRow + r) * stride;
        lists[at] = counts[r], lists[at + 1] = floatBitsToUint(bounds[r]);
    }
}
