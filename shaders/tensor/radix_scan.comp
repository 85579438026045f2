#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Of each row and digit: how many stand in the blocks before each block, and in the row.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
INI(0, counts)
layout(set = 0, binding = 1, std430) writeonly buffer Before { uint before[]; }; // [outer, blocks, 256]
layout(set = 0, binding = 2, std430) writeonly buffer Totals { uint totals[]; }; // [outer, 256]
layout(push_constant) uniform Push { uint outer, blocks; };

void main() {
    const uint i = lineIndex();
    if (i >= outer * 256) return;
    uint place = i / 256 * blocks * 256 + i % 256, sum = 0u;
    for (uint k = 0; k < blocks; ++k, place += 256) {
        const uint count = uint(counts(place));
        before[place] = sum;
        sum += count;
    }
    totals[i] = sum;
}
