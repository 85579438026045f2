#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Each point reads the potential and its slope from the nodes about it: sum_j w, and by scale = -1 / (2 spacing)
// sum_j w^2 (y_i - y_j), since that is -1/2 of the slope of w.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "common/tensor.glsl"
#include "embedding/grid.glsl"
layout(constant_id = 4) const bool space = false;
IN4(0, points)
IN1(1, field) // rows of `length_`, the first `nodes` of each
OUT4(2, pushes) // push x, y, z, and the sum of w (less an offset) without itself
layout(push_constant) uniform Push {
    vec4 middle;
    uint count, nodes, length_;
    float perUnit, centre, scale, itself;
};

void main() {
    const uint i = lineIndex();
    if (i >= count) return;
    const vec3 from = points(i).xyz - middle.xyz;
    uint x, y, z = 0u;
    float t, wx[8], wy[8], wz[8], sx[8], sy[8], sz[8];
    placeOf(from.x, perUnit, centre, nodes, x, t);
    splineWeights(t, wx, sx);
    placeOf(from.y, perUnit, centre, nodes, y, t);
    splineWeights(t, wy, sy);
    vec4 found = vec4(0); // potential, slope
    if (!space) {
        [[unroll]] for (uint a = 0u; a < order; ++a) {
            const uint row = (x + a) * length_ + y;
            float value = 0.0, slope = 0.0;
            [[unroll]] for (uint b = 0u; b < order; ++b) {
                const float f = field(row + b);
                value += wy[b] * f, slope += sy[b] * f;
            }
            found.xyz += vec3(wx[a] * value, sx[a] * value, wx[a] * slope);
        }
    } else {
        placeOf(from.z, perUnit, centre, nodes, z, t);
        splineWeights(t, wz, sz);
        [[unroll]] for (uint a = 0u; a < order; ++a)
            for (uint b = 0u; b < order; ++b) {
                const uint row = ((x + a) * nodes + y + b) * length_ + z;
                float value = 0.0, slope = 0.0;
                [[unroll]] for (uint c = 0u; c < order; ++c) {
                    const float f = field(row + c);
                    value += wz[c] * f, slope += sz[c] * f;
                }
                found += vec4(wx[a] * wy[b] * value, sx[a] * wy[b] * value, wx[a] * sy[b] * value, wx[a] * wy[b] * slope);
            }
    }
    pushes(i, vec4(scale * found.yzw, found.x - itself));
}
