#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Each point's one is spread over the nodes about it, in whole parts of 1 / scale: sums of whole numbers are the same in any
// order. Which scale neither overflows nor rounds too much: engine/labs/embedding/grid_device.cpp.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "common/tensor.glsl"
#include "embedding/grid.glsl"
layout(constant_id = 4) const bool space = false; // three axes
layout(constant_id = 5) const uint lanes = 1u;    // invocations of a point: each takes some rows of nodes
IN4(0, points)
layout(set = 0, binding = 1, std430) buffer Charges { uint charges[]; }; // [nodes, nodes] or [nodes, nodes, nodes]
layout(push_constant) uniform Push {
    vec4 middle; // of the picture
    uint count, nodes;
    float perUnit, centre, scale; // see grid.glsl
};

void main() {
    const uint item = lineIndex(), i = item / lanes, lane = item % lanes;
    if (i >= count) return;
    const vec3 from = points(i).xyz - middle.xyz;
    uint x, y, z = 0u;
    float t, wx[8], wy[8], wz[8], slope[8];
    placeOf(from.x, perUnit, centre, nodes, x, t);
    splineWeights(t, wx, slope);
    placeOf(from.y, perUnit, centre, nodes, y, t);
    splineWeights(t, wy, slope);
    if (space) {
        placeOf(from.z, perUnit, centre, nodes, z, t);
        splineWeights(t, wz, slope);
    }
    [[unroll]] for (uint a = 0u; a < order; ++a) {
        if (a % lanes != lane) continue;
        if (!space) {
            const uint row = (x + a) * nodes + y;
            [[unroll]] for (uint b = 0u; b < order; ++b) atomicAdd(charges[row + b], uint(wx[a] * wy[b] * scale + 0.5));
        } else {
            for (uint b = 0u; b < order; ++b) {
                const uint row = ((x + a) * nodes + y + b) * nodes + z;
                const float w = wx[a] * wy[b] * scale;
                [[unroll]] for (uint c = 0u; c < order; ++c) atomicAdd(charges[row + c], uint(w * wz[c] + 0.5));
            }
        }
    }
}
