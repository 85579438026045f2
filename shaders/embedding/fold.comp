#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// One level of a tree of sums, or of least and most values: of `count` entries, `outputs` apart, one is made. The tree goes by
// the number of entries alone.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
layout(constant_id = 4) const bool bounds = false; // least and most instead of the sum
layout(constant_id = 5) const uint width = 1u;     // vec4 of an entry: 2 where least and most lie beside each other already
IN4(0, x)
OUT4(1, y)
layout(push_constant) uniform Push { uint count, outputs, shares, stride; }; // shares, `stride` apart, add up to one entry

void main() {
    const uint t = lineIndex();
    if (t >= outputs) return;
    if (bounds) {
        vec4 least = vec4(3e38), most = vec4(-3e38);
        for (uint i = t; i < count; i += outputs) {
            least = min(least, x(width * i));
            most = max(most, x(width * i + width - 1u));
        }
        y(2u * t, least);
        y(2u * t + 1u, most);
    } else {
        vec4 sum = vec4(0);
        for (uint i = t; i < count; i += outputs)
            for (uint share = 0u; share < shares; ++share) sum += x(share * stride + i);
        y(t, sum);
    }
}
