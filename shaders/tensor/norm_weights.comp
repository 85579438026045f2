#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Gradients of weight and bias, parts of sums that ops/reduce adds up: dweight = sum of dy (x - mean) scale, dbias = sum of
// dy. Per element: an invocation takes a group of four columns in `length` rows, results are [chunks, size]. Per channel: a
// row is here one channel of one image, results are [rows].
#extension GL_GOOGLE_include_directive : require
#include "tensor/norm.glsl"
ROW_IN(0, x)
ROW_IN(1, dy)
IN1(2, stats)
ROW_OUT(3, dweight)
ROW_OUT(4, dbias)

void columns() {
    const uint i = lineIndex(), k = i % groupCount(), chunk = i / groupCount();
    const uint first = chunk * length, last = min(first + length, rows);
    if (first >= rows) return;
    vec4 weight = vec4(0), bias = vec4(0);
    for (uint row = first; row < last; ++row) {
        const vec4 g = dy(row, k);
        bias += g;
        weight += g * ((x(row, k) - stats(2u * row)) * stats(2u * row + 1u));
    }
    dweight(chunk, k, weight);
    dbias(chunk, k, bias);
}

void main() {
    if (!channels) {
        columns();
        return;
    }
    const uint row = rowIndex(), normed = row / inner; // inner: channels that were normalised as one
    if (row >= rows) return;
    const float mean = stats(2u * normed), scale = stats(2u * normed + 1u);
    vec4 weight = vec4(0), bias = vec4(0);
    for (uint k = firstGroup(); k < groupCount(); k += groupStep()) {
        const vec4 g = dy(row, k);
        bias += g;
        weight += g * ((x(row, k) - mean) * scale);
    }
    const float w = total(weight), b = total(bias);
    if (firstGroup() > 0u) return;
    dweight1(row, w);
    dbias1(row, b);
}
