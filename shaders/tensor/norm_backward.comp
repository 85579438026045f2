#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// With g = dy weight and h = (x - mean) scale: dx = scale (g - mean of g - h mean of g h); not centred: without mean of g.
#extension GL_GOOGLE_include_directive : require
#include "tensor/norm.glsl"
ROW_IN(0, x)
ROW_IN(1, dy)
WEIGHT_IN(2, weight)
IN1(3, stats)
ROW_OUT(4, dx)

vec4 weighted(uint row, uint k) {
    vec4 g = dy(row, k);
    if (hasWeight) g *= weightOf(row, k);
    return g;
}

void main() {
    const uint row = rowIndex();
    if (row >= rows) return;
    const float mean = stats(2u * row), scale = stats(2u * row + 1u);
    vec4 sum = vec4(0), product = vec4(0);
    for (uint k = firstGroup(); k < groupCount(); k += groupStep()) {
        const vec4 g = weighted(row, k);
        sum += g;
        product += g * ((x(row, k) - mean) * scale);
    }
    const float meanG = centred ? total(sum) / float(size) : 0.0, meanGH = total(product) / float(size);
    for (uint k = firstGroup(); k < groupCount(); k += groupStep()) {
        const vec4 h = (x(row, k) - mean) * scale;
        dx(row, k, scale * (weighted(row, k) - meanG - h * meanGH));
    }
}
