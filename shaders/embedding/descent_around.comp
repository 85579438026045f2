#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Where a row's neighbours are looked for this round: its first `forward`, and those that have it among theirs.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
INI(0, lists) // [n, 2, k]
INI(1, slots) // [n, reversed]
layout(set = 0, binding = 2, std430) writeonly buffer Around { uint around[]; }; // [n, forward + reversed]: 2 row + fresh, or none
layout(push_constant) uniform Push { uint first, count, k, forward, reversed; };

void main() {
    const uint item = lineIndex(), width = forward + reversed;
    if (item >= count * width) return;
    const uint row = first + item / width, place = item % width;
    uint found = 0xFFFFFFFFu;
    if (place < forward) {
        found = uint(lists(row * 2 * k + place));
    } else {
        const uint key = uint(slots(row * reversed + place - forward)), other = key & 0x07FFFFFFu, rank = key >> 27;
        if (key != 0xFFFFFFFFu) found = other << 1 | (uint(lists(other * 2 * k + rank)) & 1u);
    }
    around[row * width + place] = found;
}
