#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// One head of one node of a token tree: softmax(scale q K) V over the keys in their logical order. Key j is row j of the cache
// for j < committed, then the rows of the node's ancestors and its own: so nothing is masked, and every order of summing is that
// of plain decoding. 128 keys at a time with a running maximum.
#extension GL_GOOGLE_include_directive : require
#include "common/read.glsl"

layout(local_size_x_id = 0, local_size_y_id = 1, local_size_z_id = 2) in;

READ4(0, queries);
READ4(1, keys);
READ4(2, values);
READU(3, step);
layout(set = 0, binding = 4, std430) writeonly buffer Out { float mixed[]; };

layout(push_constant) uniform Push {
    uint committed;
    uint heads, group;     // query heads, and how many share a key head
    uint headSize, size4;  // in floats; padded, in vec4
    uint rowStride;        // of a cache, in vec4
    uint mixedStride;      // in floats
    uint endsAt, chainsAt; // in `step`
    float scale;
};

const uint locals = 128u, mostSize4 = 64u;
shared vec4 query[mostSize4];
shared float weights[locals];
shared uint rows[locals];
shared float part[locals];
shared vec4 parts[locals];

void main() {
    const uint t = gl_LocalInvocationID.x, head = gl_WorkGroupID.x, node = gl_WorkGroupID.y;
    const uint begin = node > 0u ? LOADU(step, endsAt + node - 1u) : 0u;
    const uint count = committed + LOADU(step, endsAt + node) - begin;
    for (uint k = t; k < size4; k += locals) query[k] = LOAD4(queries, (node * heads + head) * size4 + k);
    const uint column = head / group * size4;
    const uint teams = locals / size4, team = t / size4, d = t % size4;

    float top = -3e38, sum = 0.0;
    vec4 mine = vec4(0);
    for (uint first = 0u; first < count; first += locals) {
        const uint j = first + t, some = min(locals, count - first);
        barrier(); // the last round has been read
        float score = -3e38;
        if (j < count) {
            const uint row = (j < committed ? j : LOADU(step, chainsAt + begin + j - committed)) * rowStride + column;
            rows[t] = row;
            vec4 s = vec4(0);
            for (uint k = 0u; k < size4; ++k) s += query[k] * LOAD4(keys, row + k);
            score = scale * ((s.x + s.y) + (s.z + s.w));
        }
        part[t] = score;
        barrier();
        for (uint half_ = locals / 2u; half_ > 0u; half_ /= 2u) {
            if (t < half_) part[t] = max(part[t], part[t + half_]);
            barrier();
        }
        const float newTop = max(top, part[0]), shrunk = exp(top - newTop);
        top = newTop;
        barrier();
        const float e = j < count ? exp(score - top) : 0.0;
        weights[t] = e;
        part[t] = e;
        barrier();
        for (uint half_ = locals / 2u; half_ > 0u; half_ /= 2u) {
            if (t < half_) part[t] += part[t + half_];
            barrier();
        }
        sum = sum * shrunk + part[0];
        mine *= shrunk;
        if (team < teams)
            for (uint i = team; i < some; i += teams) mine += weights[i] * LOAD4(values, rows[i] + d);
    }
    parts[t] = mine;
    barrier();
    if (t < size4) {
        vec4 all = vec4(0);
        for (uint i = 0u; i < teams; ++i) all += parts[i * size4 + t];
        all /= sum;
        for (uint i = 0u; i < 4u; ++i)
            if (4u * t + i < headSize) mixed[node * mixedStride + head * headSize + 4u * t + i] = all[i];
    }
}
