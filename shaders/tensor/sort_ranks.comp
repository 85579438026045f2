#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Short rows: an element's place is the number of those that go before it. size^2 / 4 reads of a row, but no exchange between
// invocations; the lower index first among equals, so the order is stable. Places from `keep` on are left away. Keys come in
// rows of 4 wide4; those that fill up go before nothing, being the greatest and behind.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
#ifdef READ_TEXEL
layout(set = 0, binding = 0) uniform usamplerBuffer keysT;
uvec4 keys(uint i) { return texelFetch(keysT, int(i)); }
#else
layout(set = 0, binding = 0, std430) readonly buffer Keys { uvec4 keysV[]; };
uvec4 keys(uint i) { return keysV[i]; }
#endif
layout(set = 0, binding = 1, std430) writeonly buffer Indices { int indices[]; };
layout(push_constant) uniform Push { uint outer, size, wide4, keep; };

void main() {
    const uint i = lineIndex();
    if (i >= outer * size) return;
    const uint row = i / size, column = i % size, base = row * wide4, key = keys(base + column / 4)[column & 3u];
    uint rank = 0u;
    for (uint g = 0; g < wide4; ++g) {
        const uvec4 others = keys(base + g);
        for (uint k = 0; k < 4; ++k) rank += uint(others[k] < key || (others[k] == key && 4 * g + k < column));
    }
    if (rank < keep) indices[row * keep + rank] = int(column);
}
