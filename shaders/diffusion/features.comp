#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// What the score network reads of each place, twenty-four numbers: its scaled coordinates, sines and cosines of them, once,
// twice and four times as fast, and the noise level. The host's twin is ScoreNet::addRow.
#extension GL_GOOGLE_include_directive : require
#include "common/read.glsl"
layout(local_size_x_id = 0, local_size_y_id = 1, local_size_z_id = 2) in;
READ2(0, places);
layout(set = 0, binding = 1, std430) writeonly buffer Rows { vec4 rows[]; };
layout(push_constant) uniform Push {
    uint first, count; // the first place of these rows, and how many places there are: beyond, the last is repeated
    float scale;
    float level[10];
};

/// sin x, cos x, sin y, cos y for |x|, |y| up to 256; absolute error below 3e-7 (Vulkan grants 2^-11). The quarter turns are
/// split off with pi/2 in three parts, of which the first two are exact in a product with their number.
vec4 waves(vec2 at) {
    const vec2 n = round(at * 0.63661977237);
    const vec2 a = ((at - n * 1.5703125) - n * 4.837512969970703e-4) - n * 7.549789954891882e-8, z = a * a;
    const vec2 s = a + a * z * (-0.1666666466 + z * (0.008332747105 - z * 0.000195876391));
    const vec2 c = 1.0 - 0.5 * z + z * z * (0.04166666465 + z * (-0.001388830187 + z * 2.454768977e-5));
    vec4 result;
    for (int axis = 0; axis < 2; ++axis) {
        const int quarter = int(n[axis]) & 3;
        const vec2 p = (quarter & 1) == 0 ? vec2(s[axis], c[axis]) : vec2(c[axis], -s[axis]);
        result[2 * axis] = quarter < 2 ? p.x : -p.x;
        result[2 * axis + 1] = quarter < 2 ? p.y : -p.y;
    }
    return result;
}

void main() {
    const uint i = gl_GlobalInvocationID.x;
    const vec2 place = scale * LOAD2(places, min(first + i, count - 1u)), near = clamp(place, -64.0, 64.0);
    const vec4 one = waves(near), two = waves(2 * near), four = waves(4 * near);
    rows[6u * i] = vec4(place, one.xy);
    rows[6u * i + 1u] = vec4(one.zw, two.xy);
    rows[6u * i + 2u] = vec4(two.zw, four.xy);
    rows[6u * i + 3u] = vec4(four.zw, level[0], level[1]);
    rows[6u * i + 4u] = vec4(level[2], level[3], level[4], level[5]);
    rows[6u * i + 5u] = vec4(level[6], level[7], level[8], level[9]);
}
