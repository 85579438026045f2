#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Gathers into a contiguous tensor: element (i0 … i5) comes from base + sum of i times stride, or is zero where an index,
// moved by `low`, lies outside [0, high). Words are copied as they are.
#extension GL_GOOGLE_include_directive : require
#include "common/read.glsl"
#include "common/tensor.glsl"
READU(0, x);
layout(set = 0, binding = 1, std430) writeonly buffer Y { uint y[]; };
layout(push_constant) uniform Push {
    uint count;
    int base;
    int size[6], stride[6], low[6], high[6];
};

void main() {
    for (uint i = lineIndex(); i < count; i += lineCount()) {
        uint rest = i;
        int place = base;
        bool inside = true;
        for (int axis = 5; axis >= 0; --axis) {
            const int index = int(rest % uint(size[axis])) - low[axis];
            rest /= uint(size[axis]);
            inside = inside && index >= 0 && index < high[axis];
            place += index * stride[axis];
        }
        uint word = 0u;
        if (inside) word = LOADU(x, place);
        y[i] = word;
    }
}
