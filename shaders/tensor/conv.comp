#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// A convolution of any stride, padding, dilation and groups, or the transpose of one. An invocation computes ACROSS places of
// a row in 4 QUADS channels. Its places lie stepOut apart, such that going on by stepTap taps moves the places they read by as
// much as they lie apart: a window in registers then takes one new value for each tap.
//   forward:     places d / g apart read s d / g apart, taps s / g apart     (stride s, dilation d, g their common divisor)
//   transposed:  places s d / g apart read d / g apart, taps s / g apart; only those taps meet them
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "common/tensor.glsl"
layout(constant_id = 4) const bool transposed = false;
layout(constant_id = 5) const bool hasBias = false;
layout(constant_id = 6) const bool wholeGroups = false; // stepOut is 1 and rows of y are whole groups of four
layout(constant_id = 7) const int ACROSS = 8;           // a multiple of four
layout(constant_id = 8) const int QUADS = 2;
IN1(0, x)    // [N, groups inChannels, inH, inW]
IN4(1, w)    // [groups, inChannels, KH, KW, outChannels filled up to a multiple of four]
IN1(2, bias) // [groups outChannels]
OUT4(3, y4)  // [N, groups outChannels, outH, outW]
OUT1(3, y1)
layout(push_constant) uniform Push {
    uint lines; // invocations
    int inH, inW, outH, outW, KH, KW;
    uint groups, inChannels, outChannels; // of a group
    int strideY, strideX, padY, padX, dilationY, dilationX;
    int stepOut, stepIn, stepTap, stepTapY;
    uint blocks, channelBlocks; // of a row; of a group
};

/// The first tap that meets place `at` of a transpose; `step` or more where none does. No operand of % may be negative.
int firstTap(int at, int stride, int dilation, int step) {
    int k = 0;
    while (k < step && (at + k * dilation * (stride - 1)) % stride != 0) ++k;
    return k;
}

float read(uint row, int i) {
    const bool inside = i >= 0 && i < inW;
    const float v = x(row + uint(inside ? i : 0));
    return inside ? v : 0.0;
}

vec4 sum[ACROSS * QUADS]; // places, each with QUADS groups of four channels

void store(uint image, uint group, uint firstQuad, int x0, int oy) {
    // Constant loops without a way out but their end: the sums stay in registers only when all of them unroll.
    [[unroll]] for (int q = 0; q < QUADS; ++q)
        [[unroll]] for (int l = 0; l < 4; ++l) {
            const uint o = (firstQuad + q) * 4 + l;
            float shift = 0.0;
            if (hasBias) shift = bias(group * outChannels + min(o, outChannels - 1));
            const uint row = (((image * groups + group) * outChannels + o) * outH + oy) * outW;
            [[unroll]] for (int j = 0; j < ACROSS; j += 4) {
                const vec4 v = shift + vec4(sum[j * QUADS + q][l], sum[(j + 1) * QUADS + q][l], sum[(j + 2) * QUADS + q][l],
                                            sum[(j + 3) * QUADS + q][l]);
                if (wholeGroups) {
                    if (o < outChannels && x0 + j < outW) y4((row + x0 + j) / 4, v);
                } else {
                    [[unroll]] for (int m = 0; m < 4; ++m)
                        if (o < outChannels && x0 + (j + m) * stepOut < outW) y1(row + x0 + (j + m) * stepOut, v[m]);
                }
            }
        }
}

void main() {
    const uint line = lineIndex();
    if (line >= lines) return;
    const uint group = gl_WorkGroupID.z / channelBlocks, firstQuad = gl_WorkGroupID.z % channelBlocks * QUADS;
    const uint quads = (outChannels + 3) / 4;
    const int xi = int(line % blocks), oy = int(line / blocks % outH), x0 = xi % stepOut + xi / stepOut * ACROSS * stepOut;
    const uint image = line / blocks / outH;
    [[unroll]] for (int j = 0; j < ACROSS * QUADS; ++j) sum[j] = vec4(0);

    // Rows: taps from ky on, stepKy apart, which read iy, iy + stepIy …; those before the image are skipped.
    int ky = 0, stepKy = 1, iy = oy * strideY - padY, stepIy = dilationY;
    int kLow = 0, kHigh = min(stepTap, KW);
    if (transposed) {
        ky = firstTap(oy + padY, strideY, dilationY, stepTapY), stepKy = stepTapY;
        iy = (oy + padY - ky * dilationY) / strideY, stepIy = -(dilationY * stepTapY / strideY);
        if (ky >= stepTapY) ky = KH;
        kLow = firstTap(x0 + padX, strideX, dilationX, stepTap), kHigh = min(kLow < stepTap ? kLow + 1 : 0, KW);
    }
    const int skip = stepIy > 0 ? max(0, (-iy + stepIy - 1) / stepIy) : max(0, (iy - inH - stepIy) / -stepIy);
    ky += skip * stepKy, iy += skip * stepIy;

    for (; ky < KH && iy >= 0 && iy < inH; ky += stepKy, iy += stepIy)
        for (uint c = 0; c < inChannels; ++c) {
            const uint row = (((image * groups + group) * inChannels + c) * inH + iy) * inW;
            const uint weights = ((group * inChannels + c) * KH + ky) * KW;
            for (int k = kLow; k < kHigh; ++k) {
                const int taps = (KW - k + stepTap - 1) / stepTap;
                int tap = k, move = stepTap, i = x0 * strideX - padX + k * dilationX;
                if (transposed) // from the last, so that the window moves forward here too
                    tap = k + (taps - 1) * stepTap, move = -stepTap, i = (x0 + padX - tap * dilationX) / strideX;
                float window[ACROSS];
                [[unroll]] for (int j = 0; j < ACROSS; ++j, i += stepIn) window[j] = read(row, i);
                for (int t = 0; t < taps; ++t, tap += move, i += stepIn) {
                    [[unroll]] for (int q = 0; q < QUADS; ++q) {
                        const vec4 weight = w((weights + tap) * quads + min(firstQuad + q, quads - 1));
                        [[unroll]] for (int j = 0; j < ACROSS; ++j) sum[j * QUADS + q] += window[j] * weight;
                    }
                    [[unroll]] for (int j = 0; j + 1 < ACROSS; ++j) window[j] = window[j + 1];
                    window[ACROSS - 1] = read(row, i);
                }
            }
        }
    store(image, group, firstQuad, x0, oy);
}
