#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// |x - y|^2 or -x.y of the candidates once more, from the rows as they are, in pairs of float32 (Dekker 1971; Knuth's sum): 2^-44
// of itself where float32 has 2^-24. `precise` forbids the rearrangements that would undo it.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
layout(constant_id = 4) const uint room = 256;
layout(constant_id = 5) const bool products = false;
IN4(0, queries) // [., depth]
IN4(1, base)    // [., depth]
INI(2, lists)   // as embedding/nearest leaves them
layout(set = 0, binding = 3, std430) writeonly buffer Measured { vec2 measured[]; }; // [lists, keep]
layout(push_constant) uniform Push {
    uint firstQuery, countQueries, firstList;
    uint number, countBase; // of row 0 of `base` among all rows; how many it has
    uint depth4, keep;
};

void addTo(inout precise vec2 sum, float high, float low) {
    precise float s = sum.x + high;
    precise float b = s - sum.x;
    precise float lost = (sum.x - (s - b)) + (high - b);
    precise float rest = sum.y + (lost + low);
    precise float total = s + rest;
    sum = vec2(total, rest - (total - s));
}

/// x y exactly, as the rounded product and what it lost.
vec2 times(float x, float y) {
    precise float a = 4097.0 * x, b = 4097.0 * y; // 2^12 + 1
    precise float xh = a - (a - x), yh = b - (b - y);
    precise float xl = x - xh, yl = y - yh;
    precise float p = x * y;
    precise float e = ((xh * yh - p) + xh * yl + xl * yh) + xl * yl;
    return vec2(p, e);
}

void main() {
    const uint item = lineIndex(), query = item / keep, entry = item % keep;
    if (query >= countQueries) return;
    const uint at = (firstList + query) * (4 + 2 * room);
    if (entry >= uint(lists(at))) return;
    const uint other = uint(lists(at + 4 + room + entry)) - number;
    if (other >= countBase) return; // of another part of the table (or before it: the difference wraps)
    precise vec2 sum = vec2(0);
    for (uint k = 0; k < depth4; ++k) {
        const vec4 x = queries((firstQuery + query) * depth4 + k), y = base(other * depth4 + k);
        for (uint j = 0; j < 4; ++j) {
            if (products) {
                precise vec2 p = times(x[j], y[j]);
                addTo(sum, -p.x, -p.y);
            } else {
                precise float d = x[j] - y[j];
                precise float b = d - x[j];
                precise float lost = (x[j] - (d - b)) - (y[j] + b);
                precise vec2 p = times(d, d);
                addTo(sum, p.x, p.y + 2.0 * d * lost);
            }
        }
    }
    measured[(firstList + query) * keep + entry] = sum;
}
