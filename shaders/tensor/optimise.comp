#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// A step of an optimiser, in place: formulas in engine/tensor/optimiser.h. Each element is read once, by texels where those
// are faster, and then written by the same invocation.
#extension GL_GOOGLE_include_directive : require
#include "common/philox.glsl"
#include "common/tensor.glsl"
#include "tensor/rounding.glsl"
layout(constant_id = 4) const uint kind = 1u; // 0: SGD, 1: Adam, 2: AdamW, 3: moving average
layout(constant_id = 5) const uint format = 0u;
layout(constant_id = 6) const bool stochastic = false;
IN4(0, w)
IN4(1, g)
IN4(2, m)
IN4(3, v)
OUT4(4, newW)
OUT4(5, newM)
OUT4(6, newV)
layout(push_constant) uniform Push {
    uvec2 seed;
    uint count, step, stream;
    float factor; // of the gradient
    float rate;   // learning rate; Adam: / (1 - beta1^t)
    float beta1, beta2, rest1, rest2; // momentum in beta1; rest = 1 - beta, rounded from float64
    float root;   // 1 / sqrt(1 - beta2^t)
    float epsilon, decay, shrink; // AdamW: 1 - rate decay
};

void main() {
    for (uint i = lineIndex(); i < count; i += lineCount()) {
        vec4 x = w(i), slope = g(i) * factor, first = m(i), second = vec4(0);
        if (kind == 3u) {
            newW(i, beta1 * x + rest1 * g(i));
            continue;
        }
        if (kind != 2u) slope += decay * x;
        if (kind == 0u) {
            first = beta1 * first + slope;
            x -= rate * first;
        } else {
            first = beta1 * first + rest1 * slope;
            second = beta2 * v(i) + rest2 * slope * slope;
            if (kind == 2u) x *= shrink;
            x -= rate * first / (sqrt(second) * root + epsilon);
        }
        for (uint k = 0; k < 4; ++k) {
            uint word = 0u;
            if (stochastic) word = philox(seed, 4 * i + k, step, stream).x;
            x[k] = rounded(format, x[k], stochastic, word);
        }
        newW(i, x);
        newM(i, first);
        if (kind != 0u) newV(i, second);
    }
}
