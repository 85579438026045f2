#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// The gradient of a convolution's weights: for each weight the sum of image times map over all places, in chunks of rows (or
// columns), each by one invocation in a fixed order; sums over the chunks follow. An invocation has CHANNELS outputs and TAPS
// taps along x (or y), which share what they read.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
layout(constant_id = 4) const bool sliding = false; // stride and dilation along x are 1
layout(constant_id = 5) const int CHANNELS = 8;
layout(constant_id = 6) const int TAPS = 4;
layout(constant_id = 7) const bool columns = false; // KW is 1, taps along y; inW is 4 outW4; sliding is of y
IN1(0, x)   // [N, groups inChannels, inH, inW]
IN4(1, map) // [N, groups outChannels, outH, 4 outW4], zeros behind the row
OUT1(2, y)  // [chunks, groups outChannels, inChannels, KH, KW]
IN4(3, x4)  // x, in columns
layout(push_constant) uniform Push {
    uint lines;
    int inH, inW, outH, outW4, KH, KW;
    uint groups, inChannels, outChannels, channelBlocks; // of a group
    int strideY, strideX, padY, padX, dilationY, dilationX;
    uint tapBlocks, lanes, chunk; // lanes: N outH rows, or N outW4 columns; in a chunk
};

float read(uint row, int i) {
    const bool inside = i >= 0 && i < inW;
    const float v = x(row + uint(inside ? i : 0));
    return inside ? v : 0.0;
}

vec4 readRow(uint plane, int iy, uint group) {
    const bool inside = iy >= 0 && iy < inH;
    const vec4 v = x4((plane * inH + uint(inside ? iy : 0)) * outW4 + group);
    return inside ? v : vec4(0);
}

float sum[CHANNELS * TAPS];

/// Adds what TAPS groups of the image give with one group of each channel's map, `apart` groups from channel to channel.
void add(uint place, uint apart, uint channels, vec4 values[TAPS]) {
    for (int q = 0; q < CHANNELS; ++q) {
        const vec4 d = map(place + min(q, channels - 1) * apart);
        for (int t = 0; t < TAPS; ++t) sum[q * TAPS + t] += dot(d, values[t]);
    }
}

void alongRow(uint plane, uint row, uint place, uint apart, uint channels, int k0, int ky) {
    const int iy = int(row) * strideY - padY + ky * dilationY;
    if (iy < 0 || iy >= inH) return;
    const uint start = (plane * inH + iy) * inW;
    int i = k0 * dilationX - padX;
    float window[TAPS + 4];
    if (sliding)
        for (int j = 0; j < TAPS; ++j) window[j] = read(start, i + j);
    for (int g = 0; g < outW4; ++g, i += 4 * strideX) {
        vec4 values[TAPS];
        if (sliding) {
            for (int j = 0; j < 4; ++j) window[TAPS + j] = read(start, i + TAPS + j);
            for (int t = 0; t < TAPS; ++t) values[t] = vec4(window[t], window[t + 1], window[t + 2], window[t + 3]);
            for (int j = 0; j < TAPS; ++j) window[j] = window[j + 4];
        } else {
            for (int t = 0; t < TAPS; ++t)
                for (int j = 0; j < 4; ++j) values[t][j] = read(start, i + j * strideX + t * dilationX);
        }
        add(place + row * outW4 + g, apart, channels, values);
    }
}

void alongColumn(uint plane, uint group, uint place, uint apart, uint channels, int k0) {
    vec4 values[TAPS];
    int iy = k0 * dilationY - padY;
    if (sliding)
        for (int t = 0; t + 1 < TAPS; ++t) values[t + 1] = readRow(plane, iy + t, group);
    for (int oy = 0; oy < outH; ++oy, iy += strideY) {
        if (sliding) {
            for (int t = 0; t + 1 < TAPS; ++t) values[t] = values[t + 1];
            values[TAPS - 1] = readRow(plane, iy + TAPS - 1, group);
        } else {
            for (int t = 0; t < TAPS; ++t) values[t] = readRow(plane, iy + t * dilationY, group);
        }
        add(place + oy * outW4 + group, apart, channels, values);
    }
}

void main() {
    const uint line = lineIndex();
    if (line >= lines) return;
    const uint group = gl_WorkGroupID.z / channelBlocks, o0 = gl_WorkGroupID.z % channelBlocks * CHANNELS;
    const uint rowsOfTaps = columns ? 1 : KH;
    const int k0 = int(line % tapBlocks) * TAPS, ky = int(line / tapBlocks % rowsOfTaps);
    const uint c = line / tapBlocks / rowsOfTaps % inChannels, part = line / tapBlocks / rowsOfTaps / inChannels;
    for (int j = 0; j < CHANNELS * TAPS; ++j) sum[j] = 0.0;

    const uint each = columns ? outW4 : outH, channels = outChannels - o0;
    for (uint r = part * chunk; r < min((part + 1) * chunk, lanes); ++r) {
        const uint image = (r / each) * groups + group, plane = image * inChannels + c;
        const uint place = (image * outChannels + o0) * outH * outW4;
        if (columns)
            alongColumn(plane, r % each, place, outH * outW4, channels, k0);
        else
            alongRow(plane, r % each, place, outH * outW4, channels, k0, ky);
    }
    const int taps = columns ? KH : KW;
    const uint row = ((part * groups + group) * outChannels + o0) * inChannels + c;
    for (int q = 0; q < CHANNELS; ++q)
        for (int t = 0; t < TAPS; ++t)
            if (q < channels && k0 + t < taps) y((row + q * inChannels) * KH * KW + ky * KW + k0 + t, sum[q * TAPS + t]);
}
