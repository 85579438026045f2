#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Each channel convolved by itself, read and written in groups of four along x; taps come in groups of four too, zeros filled
// in at both ends. Two ways to hold what neighbours share in registers:
//   rows:    SPAN groups of a row; stride and dilation along x are 1. The first tap reads a group's first place.
//   columns: SPAN places of a column, dilationY apart; kernels one wide, without padding along x, and stride 1 along y.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "common/tensor.glsl"
layout(constant_id = 4) const bool columns = false;
layout(constant_id = 5) const bool hasBias = false;
layout(constant_id = 6) const bool wholeGroups = false; // outW is a multiple of four
layout(constant_id = 7) const int SPAN = 4;             // a multiple of four in columns
IN4(0, x)    // [N, C, inH, 4 inW4]
IN4(1, w)    // [O, KH, 4 tapGroups], of columns [O, 4 tapGroups]
IN1(2, bias) // [O]
OUT4(3, y4)  // [N, O, outH, outW]
OUT1(3, y1)
layout(push_constant) uniform Push {
    uint lines, channels, multiplier; // O; O / C
    int inH, inW4, outH, outW, KH, tapGroups;
    int first; // group that the first tap reads for the first group of a row
    int strideY, padY, dilationY, blocks, rowBlocks;
};

vec4 read(uint plane, int iy, int group) {
    const bool inside = iy >= 0 && iy < inH && group >= 0 && group < inW4;
    const vec4 v = x(inside ? (plane * inH + iy) * inW4 + group : 0u);
    return inside ? v : vec4(0);
}

void write(uint row, int at, vec4 v) {
    if (wholeGroups) {
        if (at < outW) y4((row * outW + at) / 4, v);
    } else {
        [[unroll]] for (int k = 0; k < 4; ++k)
            if (at + k < outW) y1(row * outW + at + k, v[k]);
    }
}

vec4 sum[SPAN];

void alongColumn(uint map, uint plane, uint channel, int block, int rowBlock) {
    const int y0 = rowBlock % dilationY + rowBlock / dilationY * SPAN * dilationY;
    int iy = y0 - padY;
    vec4 window[SPAN + 4];
    [[unroll]] for (int j = 0; j < SPAN; ++j, iy += dilationY) window[j] = read(plane, iy, block);
    for (int g = 0; g < tapGroups; ++g) {
        const vec4 weight = w(channel * tapGroups + g);
        [[unroll]] for (int j = 0; j < 4; ++j, iy += dilationY) window[SPAN + j] = read(plane, iy, block);
        [[unroll]] for (int k = 0; k < 4; ++k)
            [[unroll]] for (int j = 0; j < SPAN; ++j) sum[j] += weight[k] * window[j + k];
        [[unroll]] for (int j = 0; j < SPAN; ++j) window[j] = window[j + 4];
    }
    [[unroll]] for (int j = 0; j < SPAN; ++j)
        if (y0 + j * dilationY < outH) write(map * outH + y0 + j * dilationY, 4 * block, sum[j]);
}

void alongRow(uint map, uint plane, uint channel, int block, int rowBlock) {
    for (int ky = 0; ky < KH; ++ky) {
        const int iy = rowBlock * strideY - padY + ky * dilationY;
        if (iy < 0 || iy >= inH) continue;
        int from = block * SPAN + first;
        vec4 window[SPAN + 1];
        [[unroll]] for (int j = 0; j < SPAN; ++j) window[j] = read(plane, iy, from + j);
        for (int g = 0; g < tapGroups; ++g, ++from) {
            const vec4 weight = w((channel * KH + ky) * tapGroups + g);
            window[SPAN] = read(plane, iy, from + SPAN);
            [[unroll]] for (int j = 0; j < SPAN; ++j) {
                const vec4 a = window[j], b = window[j + 1];
                sum[j] += weight.x * a;
                sum[j] += weight.y * vec4(a.yzw, b.x);
                sum[j] += weight.z * vec4(a.zw, b.xy);
                sum[j] += weight.w * vec4(a.w, b.xyz);
            }
            [[unroll]] for (int j = 0; j < SPAN; ++j) window[j] = window[j + 1];
        }
    }
    [[unroll]] for (int j = 0; j < SPAN; ++j) write(map * outH + rowBlock, 4 * (block * SPAN + j), sum[j]);
}

void main() {
    const uint line = lineIndex();
    if (line >= lines) return;
    const int block = int(line % blocks), rowBlock = int(line / blocks % rowBlocks);
    const uint map = line / blocks / rowBlocks, plane = map / multiplier, channel = map % channels;
    float shift = 0.0;
    if (hasBias) shift = bias(channel);
    [[unroll]] for (int j = 0; j < SPAN; ++j) sum[j] = vec4(shift);
    if (columns)
        alongColumn(map, plane, channel, block, rowBlock);
    else
        alongRow(map, plane, channel, block, rowBlock);
}
