#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// A step with the score of the mixture, four particles per invocation:
//   x <- keep x + pull s(x) + noise z,   or for Heun   x1 = keep x + pull s(x),  x <- (x + keep2 x1 + pull2 s2(x1)) / 2.
#extension GL_GOOGLE_include_directive : require
#include "common/math.glsl"
#include "common/philox.glsl"
#include "common/read.glsl"
layout(local_size_x_id = 0, local_size_y_id = 1, local_size_z_id = 2) in;
layout(constant_id = 3) const bool noisy = true;
layout(constant_id = 4) const bool heun = false;
READ4(0, components); // two tables: at the step's start and, for Heun, at its end
READ4(1, from);       // two particles each
layout(set = 0, binding = 2, std430) writeonly buffer To { vec4 to[]; };
layout(push_constant) uniform Push {
    uvec2 seed;
    uint step, stream, first; // the first quadruple of this slice
    uint now, next, count;    // where the tables start, how long they are
    float keep, pull, noise, keep2, pull2;
};
#include "common/mixture.glsl"

void pullAlong(inout vec4 x, inout vec4 y, uint table, float k, float p) {
    const Marginal m = marginalAt(x, y, table, count);
    const vec4 factor = p * scoreFactor(m);
    x = k * x + factor * m.pullX;
    y = k * y + factor * m.pullY;
}

void main() {
    const uint i = first + gl_GlobalInvocationID.x;
    const vec4 a = LOAD4(from, 2u * i), b = LOAD4(from, 2u * i + 1u);
    vec4 x = vec4(a.xz, b.xz), y = vec4(a.yw, b.yw);
    if (heun) {
        const vec4 x0 = x, y0 = y;
        pullAlong(x, y, now, keep, pull);
        pullAlong(x, y, next, keep2, pull2);
        x = 0.5 * (x0 + x);
        y = 0.5 * (y0 + y);
    } else {
        pullAlong(x, y, now, keep, pull);
    }
    if (noisy) {
        vec2 z[4];
        for (uint lane = 0u; lane < 4u; ++lane) {
            const uvec4 words = philox(seed, 4u * i + lane, step, stream);
            z[lane] = normalPair(words.x, words.y);
        }
        x += noise * vec4(z[0].x, z[1].x, z[2].x, z[3].x);
        y += noise * vec4(z[0].y, z[1].y, z[2].y, z[3].y);
    }
    const float wall = 1e12; // keeps a run that explodes finite
    x = clamp(x, -wall, wall);
    y = clamp(y, -wall, wall);
    to[2u * i] = vec4(x.x, y.x, x.y, y.y);
    to[2u * i + 1u] = vec4(x.z, y.z, x.w, y.w);
}
