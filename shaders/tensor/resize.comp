#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Bilinear resizing of planes, and its gradient, first along y, then along x: there each element gathers from all places that
// took from it, so that nothing is added in an order of chance. An invocation computes four places of a row.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
layout(constant_id = 4) const uint mode = 0u; // forward; the gradient along y; along x
layout(constant_id = 5) const bool alignCorners = false;
layout(constant_id = 6) const bool wholeGroups = false; // rows of y are whole groups of four
IN1(0, x) // [planes, inH, inW]
OUT4(1, y4) // [planes, outH, outW]
OUT1(1, y1)
layout(push_constant) uniform Push {
    uint lines;
    int inH, inW, outH, outW; // of what is read and written
    uint blocks;
};

/// Place i of `count` lies at above / below in an image of `size`: in whole numbers, so that nothing is lost.
int belowOf(int count) { return alignCorners ? max(count - 1, 1) : 2 * count; }
int aboveOf(int i, int count, int size) {
    const int above = alignCorners ? (count > 1 ? i * (size - 1) : 0) : max((2 * i + 1) * size - count, 0);
    return min(above, (size - 1) * belowOf(count));
}

/// The element before it, the one after it, and how far it is from the first to the second.
struct Place {
    int before, after;
    float share;
};
Place placeOf(int i, int count, int size) {
    const int below = belowOf(count), above = aboveOf(i, count, size), before = above / below;
    return Place(before, min(before + 1, size - 1), float(above - before * below) / float(below));
}

/// How much of element e is in place i, times below: a tent.
float shareOf(int e, int i, int count, int size) {
    const int below = belowOf(count);
    return float(max(below - abs(aboveOf(i, count, size) - e * below), 0));
}

/// The places that take from element e, and a few more: [x, y].
ivec2 reach(int e, int count, int size) {
    const float scale = alignCorners ? float(count - 1) / float(max(size - 1, 1)) : float(count) / float(size);
    const float shift = alignCorners ? 0.0 : 0.5;
    const int low = int(floor((float(e - 1) + shift) * scale - shift)) - 1;
    const int high = int(ceil((float(e + 1) + shift) * scale - shift)) + 1;
    return ivec2(e == 0 ? 0 : max(low, 0), e == size - 1 ? count - 1 : min(high, count - 1));
}

vec4 alongY(uint plane, int row, int column) {
    const ivec2 rows = reach(row, inH, outH);
    vec4 sum = vec4(0);
    for (int i = rows.x; i <= rows.y; ++i) {
        const float share = shareOf(row, i, inH, outH);
        const uint at = (plane * inH + i) * inW;
        for (int k = 0; k < 4; ++k) sum[k] += share * x(at + min(column + k, inW - 1));
    }
    return sum / float(belowOf(inH));
}

float alongX(uint row, int column) {
    const ivec2 columns = reach(column, inW, outW);
    float sum = 0.0;
    for (int j = columns.x; j <= columns.y; ++j) sum += shareOf(column, j, inW, outW) * x(row * inW + j);
    return sum / float(belowOf(inW));
}

void main() {
    const uint line = lineIndex();
    if (line >= lines) return;
    const int column = int(line % blocks) * 4, row = int(line / blocks % outH);
    const uint plane = line / blocks / outH;
    vec4 v;
    if (mode == 1u) {
        v = alongY(plane, row, column);
    } else if (mode == 2u) {
        for (int k = 0; k < 4; ++k) v[k] = alongX(plane * outH + row, min(column + k, outW - 1));
    } else {
        const Place py = placeOf(row, outH, inH);
        const uint upper = (plane * inH + py.before) * inW, lower = (plane * inH + py.after) * inW;
        for (int k = 0; k < 4; ++k) {
            const Place px = placeOf(min(column + k, outW - 1), outW, inW);
            const float a = mix(x(upper + px.before), x(upper + px.after), px.share);
            const float b = mix(x(lower + px.before), x(lower + px.after), px.share);
            v[k] = mix(a, b, py.share);
        }
    }
    const uint at = (plane * outH + row) * outW + column;
    if (wholeGroups) {
        y4(at / 4, v);
    } else {
        for (int k = 0; k < 4; ++k)
            if (column + k < outW) y1(at + k, v[k]);
    }
}
