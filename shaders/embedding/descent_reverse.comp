#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Who has a row among its first `forward`: the `reversed` least of rank and number. A slot keeps the least that passes it and
// hands on the other, so that slot s holds the s-th least whatever the order of arrival.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
INI(0, lists) // [n, 2, k]: indices (2 row + fresh), values
layout(set = 0, binding = 1, std430) buffer Slots { uint slots[]; }; // [n, reversed]: rank << 27 | row; all bits set before
layout(push_constant) uniform Push { uint first, count, k, forward, reversed; };

void main() {
    const uint item = lineIndex();
    if (item >= count * forward) return;
    const uint row = first + item / forward, rank = item % forward;
    const uint near = uint(lists(row * 2 * k + rank));
    if (near == 0xFFFFFFFFu) return;
    uint key = rank << 27 | row;
    for (uint s = 0; s < reversed && key != 0xFFFFFFFFu; ++s)
        key = max(key, atomicMin(slots[(near >> 1) * reversed + s], key));
}
