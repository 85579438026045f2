#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Score and log density of the marginal over a grid: vec4(score, natural log of density, 0), four cells per invocation.
#extension GL_GOOGLE_include_directive : require
#include "common/math.glsl"
#include "common/read.glsl"
layout(local_size_x_id = 0, local_size_y_id = 1, local_size_z_id = 2) in;
READ4(0, components);
layout(set = 0, binding = 1, std430) writeonly buffer Field { vec4 field[]; };
layout(push_constant) uniform Push {
    vec2 low, cell; // the first centre, and the step to the next
    uint width, first, count;
};
#include "common/mixture.glsl"

void main() {
    const uvec4 at = 4u * gl_GlobalInvocationID.x + uvec4(0, 1, 2, 3);
    const vec4 x = low.x + cell.x * vec4(at % width), y = low.y + cell.y * vec4(at / width);
    const Marginal m = marginalAt(x, y, first, count);
    const vec4 factor = scoreFactor(m), sx = factor * m.pullX, sy = factor * m.pullY;
    const vec4 density = lnDensity(m);
    for (int lane = 0; lane < 4; ++lane) field[at[lane]] = vec4(sx[lane], sy[lane], density[lane], 0);
}
