#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of a weight matrix times the columns of a pass: y[c][r] = sum over k of w[r][k] x[c][k], with what follows a product in a
// transformer done on the way out. `lanes` invocations share a row, each adds its own k in rising order, then the lanes' sums
// are added in rising order: the order of a sum hangs on the length of the row alone, never on the number of columns, so that a
// tree's node gets the bits of plain decoding. An invocation holds `pairs` times two rows (rotation partners, a gate and its
// up row, or neighbours) by `columns` sums.
#extension GL_GOOGLE_include_directive : require
#include "language/weights.glsl"

layout(local_size_x_id = 0, local_size_y_id = 1, local_size_z_id = 2) in;
layout(constant_id = 3) const uint weightType = 0u;
layout(constant_id = 4) const uint columns = 1u; // at most 16
layout(constant_id = 5) const uint pairs = 1u;   // at most 2
layout(constant_id = 6) const uint lanes = 8u;   // a power of two from 4 to 32
layout(constant_id = 7) const uint mode = 0u;
layout(constant_id = 8) const uint activation = 0u;

const uint modeStore = 0u, modeAdd = 1u, modeActivate = 2u, modeGated = 3u, modePlace = 4u;

READW(0, weights);
READ4(1, x);
READ1(2, bias);
READU(3, step);
layout(set = 0, binding = 4, std430) buffer Y { float y[]; };
layout(set = 0, binding = 5, std430) writeonly buffer Keys { float keys[]; };
layout(set = 0, binding = 6, std430) writeonly buffer Values { float values[]; };

layout(push_constant) uniform Push {
    uint rows;       // of this buffer; gated: of the gate
    uint firstRow;   // what row 0 is of the whole matrix
    uint rowStride;  // of weights, in 16 bytes
    uint xStride;    // in vec4
    uint yStride;    // in floats
    uint count;      // columns in all
    uint hasBias;
    uint heads, keyHeads, headSize, headStride; // modePlace; the stride in floats
    uint rotates;    // modePlace: 0, or 1: angles are in `step`
    uint rowsAt, anglesAt; // in `step`
};

const uint perRound = 8u, locals = 128u;
shared float part[perRound * locals];
shared float sums[64u * locals / 4u];

// Precise throughout: kernels for other numbers of columns are other pipelines, and a compiler must not fuse differently in each.
float act(float v) {
    precise float y = max(v, 0.0);
    if (activation == 0u) {
        y = v / (1.0 + exp(-clamp(v, -87.0, 87.0)));
    } else if (activation == 1u) {
        precise float inner = clamp(0.79788456 * (v + 0.044715 * v * v * v), -15.0, 15.0);
        y = 0.5 * v * (2.0 - 2.0 / (exp(2.0 * inner) + 1.0));
    }
    return y;
}

uvec2 rowsOfPair(uint p) {
    if (mode == modeGated) return uvec2(p, rows + p);
    if (mode == modePlace && rotates != 0u) {
        const uint half_ = headSize / 2u, a = p / half_ * headSize + p % half_;
        return uvec2(a, a + half_);
    }
    return uvec2(2u * p, 2u * p + 1u);
}

void place(uint c, uint row, float v) {
    const uint head = row / headSize, i = row % headSize, at = LOADU(step, rowsAt + c);
    if (head < heads) {
        y[c * yStride + head * headStride + i] = v;
    } else if (head < heads + keyHeads) {
        keys[(at * keyHeads + head - heads) * headStride + i] = v;
    } else {
        values[(at * keyHeads + head - heads - keyHeads) * headStride + i] = v;
    }
}

void finish(uint c, uvec2 row, vec2 sums) {
    precise vec2 v = sums;
    const bool second = row.y < (mode == modeGated ? 2u * rows : rows);
    if (hasBias != 0u) {
        v.x += LOAD1(bias, firstRow + row.x);
        if (second) v.y += LOAD1(bias, firstRow + row.y);
    }
    if (mode == modeGated) {
        precise float product = act(v.x) * v.y;
        y[c * yStride + row.x] = product;
        return;
    }
    if (mode == modePlace) {
        const uint head = row.x / headSize;
        if (rotates != 0u && head < heads + keyHeads) {
            const uint half_ = headSize / 2u, at = anglesAt + c * headSize + row.x % headSize;
            const float co = uintBitsToFloat(LOADU(step, at)), si = uintBitsToFloat(LOADU(step, at + half_));
            v = vec2(v.x * co - v.y * si, v.y * co + v.x * si);
        }
        place(c, row.x, v.x);
        if (second) place(c, row.y, v.y);
        return;
    }
    if (mode == modeActivate) v = vec2(act(v.x), act(v.y));
    const uint at = c * yStride + firstRow + row.x;
    if (mode == modeAdd) {
        precise vec2 added = vec2(y[at], second ? y[at + 1u] : 0.0) + v;
        y[at] = added.x;
        if (second) y[at + 1u] = added.y;
    } else {
        y[at] = v.x;
        if (second) y[at + 1u] = v.y;
    }
}

void main() {
    const uint t = gl_LocalInvocationID.x, teams = locals / lanes, team = t / lanes, lane = t % lanes;
    const uint allPairs = mode == modeGated ? rows : (rows + 1u) / 2u;
    const uint firstPair = (gl_WorkGroupID.x * teams + team) * pairs, c0 = gl_WorkGroupID.y * columns;
    const uint lastRow = (mode == modeGated ? 2u * rows : rows) - 1u;

    uint from[4];
    for (uint i = 0u; i < pairs; ++i) {
        const uvec2 row = rowsOfPair(min(firstPair + i, allPairs - 1u));
        from[2u * i] = min(row.x, lastRow) * rowStride;
        from[2u * i + 1u] = min(row.y, lastRow) * rowStride;
    }
    precise float sum[64];
    for (uint i = 0u; i < 2u * pairs * columns; ++i) sum[i] = 0.0;
    for (uint k = lane; k < rowStride; k += lanes) {
        vec4 a[4], b[4];
        for (uint r = 0u; r < 2u * pairs; ++r) {
            const uvec4 w = LOADW(weights, from[r] + k);
            if (weightType == typeF32) {
                a[r] = uintBitsToFloat(w);
            } else if (weightType == typeF16) {
                a[r] = halves(w.x, w.y), b[r] = halves(w.z, w.w);
            } else {
                a[r] = brains(w.x, w.y), b[r] = brains(w.z, w.w);
            }
        }
        for (uint c = 0u; c < columns; ++c) {
            const uint column = min(c0 + c, count - 1u) * xStride;
            if (weightType == typeF32) {
                const vec4 u = LOAD4(x, column + k);
                for (uint r = 0u; r < 2u * pairs; ++r) {
                    precise float s = sum[r * columns + c];
                    s = fma(a[r].x, u.x, s);
                    s = fma(a[r].y, u.y, s);
                    s = fma(a[r].z, u.z, s);
                    sum[r * columns + c] = fma(a[r].w, u.w, s);
                }
            } else {
                const vec4 u = LOAD4(x, column + 2u * k), v = LOAD4(x, column + 2u * k + 1u);
                for (uint r = 0u; r < 2u * pairs; ++r) {
                    precise float s = sum[r * columns + c];
                    s = fma(a[r].x, u.x, s);
                    s = fma(a[r].y, u.y, s);
                    s = fma(a[r].z, u.z, s);
                    s = fma(a[r].w, u.w, s);
                    s = fma(b[r].x, v.x, s);
                    s = fma(b[r].y, v.y, s);
                    s = fma(b[r].z, v.z, s);
                    sum[r * columns + c] = fma(b[r].w, v.w, s);
                }
            }
        }
    }

    // Eight sums of each invocation at a time: one invocation adds the lanes of one sum.
    const uint many = 2u * pairs * columns;
    for (uint first = 0u; first < many; first += perRound) {
        const uint some = min(perRound, many - first);
        for (uint i = 0u; i < some; ++i) part[i * locals + t] = sum[first + i];
        barrier();
        for (uint item = t; item < some * teams; item += locals) {
            const uint i = item / teams, of = item % teams;
            precise float total = 0.0;
            for (uint l = 0u; l < lanes; ++l) total = total + part[i * locals + of * lanes + l];
            sums[(first + i) * teams + of] = total;
        }
        barrier();
    }
    for (uint item = t; item < teams * pairs * columns; item += locals) {
        const uint of = item % teams, i = item / teams % pairs, c = item / teams / pairs;
        const uint pair = (gl_WorkGroupID.x * teams + of) * pairs + i;
        if (pair >= allPairs || c0 + c >= count) continue;
        const vec2 v = vec2(sums[(2u * i * columns + c) * teams + of], sums[((2u * i + 1u) * columns + c) * teams + of]);
        finish(c0 + c, rowsOfPair(pair), v);
    }
}
