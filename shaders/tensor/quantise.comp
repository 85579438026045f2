#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
#extension GL_GOOGLE_include_directive : require
#include "common/philox.glsl"
#include "common/tensor.glsl"
#include "tensor/rounding.glsl"
layout(constant_id = 4) const uint format = 1u;
layout(constant_id = 5) const bool stochastic = false;
IN4(0, x)
OUT4(1, y)
layout(push_constant) uniform Push {
    uvec2 seed;
    uint count, step, stream;
};

void main() {
    for (uint i = lineIndex(); i < count; i += lineCount()) {
        vec4 v = x(i);
        for (uint k = 0; k < 4; ++k) {
            uint word = 0u;
            if (stochastic) word = philox(seed, 4 * i + k, step, stream).x;
            v[k] = rounded(format, v[k], stochastic, word);
        }
        y(i, v);
    }
}
