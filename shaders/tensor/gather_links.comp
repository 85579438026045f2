#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Chains of equal indices: link[i] is the next place with the index of place i, or `rows`. The first place of a chain holds
// the complement ~link, so that it is known by its sign. Places whose index is outside the table belong to none.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
INI(0, index)
layout(set = 0, binding = 1, std430) writeonly buffer Links { int links[]; };
layout(push_constant) uniform Push { uint rows, tableRows; };

void main() {
    const uint i = lineIndex();
    if (i >= rows) return;
    const int own = index(i);
    uint next = i + 1u;
    bool first = own >= 0 && uint(own) < tableRows;
    if (first) {
        while (next < rows && index(next) != own) ++next;
        for (uint before = i; first && before > 0u; --before) first = index(before - 1u) != own;
    } else {
        next = rows;
    }
    links[i] = first ? ~int(next) : int(next);
}
