// SPDX-License-Identifier: GPL-3.0-or-later
// The functions between the two matrices of a feed-forward part, element by element on the host.
#pragma once

#include "engine/labs/language/model_config.h"
#include "engine/tensor/host_vector.h"

#include <cmath>

namespace orrery::language {

/// tanh by e^x, whose error stays below 3e-7: beyond |x| = 15 it is 1 in float32.
inline float tanhOf(float x) {
    const float within = x > 15 ? 15.0F : x < -15 ? -15.0F : x;
    return 1 - 2 / (tensor::host::expOf(2 * within) + 1);
}

inline void activate(Activation which, const float* x, int count, float* y) {
    switch (which) {
        case Activation::silu:
            for (int i = 0; i < count; ++i)
                y[i] = x[i] / (1 + tensor::host::expOf(x[i] < -87 ? 87.0F : x[i] > 87 ? -87.0F : -x[i]));
            return;
        case Activation::geluTanh: // 0.79788456 = sqrt(2 / pi)
            for (int i = 0; i < count; ++i)
                y[i] = 0.5F * x[i] * (1 + tanhOf(0.79788456F * (x[i] + 0.044715F * x[i] * x[i] * x[i])));
            return;
        case Activation::gelu:
            for (int i = 0; i < count; ++i) y[i] = 0.5F * x[i] * (1 + std::erf(x[i] * 0.70710678F));
            return;
        case Activation::relu:
            for (int i = 0; i < count; ++i) y[i] = x[i] > 0 ? x[i] : 0.0F;
    }
}

inline void multiplyInto(const float* x, int count, float* y) {
    for (int i = 0; i < count; ++i) y[i] *= x[i];
}

} // namespace orrery::language
