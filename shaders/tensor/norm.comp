#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// y = (x - mean) scale weight + bias, scale = 1 / sqrt(variance + epsilon); not centred: scale = 1 / sqrt(mean of x^2 +
// epsilon). The variance is summed from differences to the mean in a second pass: as E[x^2] - mean^2 it would cancel where
// the mean is large. Mean and scale of each row are kept for the gradient.
#extension GL_GOOGLE_include_directive : require
#include "tensor/norm.glsl"
ROW_IN(0, x)
WEIGHT_IN(1, weight)
WEIGHT_IN(2, bias)
ROW_OUT(3, y)
OUT1(4, stats)

void main() {
    const uint row = rowIndex();
    if (row >= rows) return;
    float mean = 0.0;
    if (centred) {
        vec4 sum = vec4(0);
        for (uint k = firstGroup(); k < groupCount(); k += groupStep()) sum += x(row, k);
        mean = total(sum) / float(size);
    }
    vec4 squares = vec4(0);
    for (uint k = firstGroup(); k < groupCount(); k += groupStep()) {
        const vec4 d = within(k, x(row, k) - mean, 0.0);
        squares += d * d;
    }
    const float scale = 1.0 / sqrt(total(squares) / float(size) + epsilon);
    for (uint k = firstGroup(); k < groupCount(); k += groupStep()) {
        vec4 v = (x(row, k) - mean) * scale;
        if (hasWeight) v *= weightOf(row, k);
        if (hasBias) v += biasOf(row, k);
        y(row, k, v);
    }
    if (firstGroup() == 0u) {
        stats(2u * row, mean);
        stats(2u * row + 1u, scale);
    }
}
