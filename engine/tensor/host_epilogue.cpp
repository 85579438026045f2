// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/host_epilogue.h"

#include "engine/tensor/host_threads.h"
#include "engine/tensor/host_vector.h"

#include <algorithm>
#include <cmath>

namespace orrery::tensor::host {

namespace {

/// x Phi(x). Both ways of shaders/tensor/functions.glsl (normalCdf, with its polynomials) without a branch, so that a
/// compiler may do several at once.
ORRERY_INLINE float geluOf(float x) {
    const float z = std::fabs(x) * 0.707106781F, t = z * z;
    float f = 7.882497448e-5F;
    f = f * t - 0.0008018855006F;
    f = f * t + 0.005189312156F;
    f = f * t - 0.02685432881F;
    f = f * t + 0.1128359735F;
    f = f * t - 0.3761262596F;
    f = f * t + 1.1283791065F;
    const float half = 0.5F * z * f, middle = x > 0 ? 0.5F + half : 0.5F - half;
    const float u = 1 / (1 + 0.5F * z);
    float g = 0.07377699763F;
    g = g * u - 0.1617031842F;
    g = g * u - 0.007538152393F;
    g = g * u + 0.1306135505F;
    g = g * u + 0.1461745054F;
    g = g * u + 0.2564172149F;
    g = g * u + 0.2803854346F;
    g = g * u + 0.2822579443F;
    g = g * u - 6.491832664e-6F;
    const float tail = 0.5F * expOf(-0.5F * x * x) * g, outside = x > 0 ? 1 - tail : tail;
    return x * (z < 1 ? middle : outside);
}

ORRERY_INLINE void biasRowBody(float* c, const float* bias, std::int64_t count) {
    for (std::int64_t j = 0; j < count; ++j) c[j] += bias[j];
}
ORRERY_VECTOR_LOOP(biasRow, (float* c, const float* bias, std::int64_t count), (c, bias, count))

ORRERY_INLINE void geluRowBody(float* c, std::int64_t count) {
    for (std::int64_t j = 0; j < count; ++j) c[j] = geluOf(c[j]);
}
ORRERY_VECTOR_LOOP(geluRow, (float* c, std::int64_t count), (c, count))

/// x sigmoid(x), by the exponential of a number that is never positive.
ORRERY_INLINE void siluRowBody(float* c, std::int64_t count) {
    for (std::int64_t j = 0; j < count; ++j) {
        const float x = c[j], e = expOf(-std::fabs(x)), s = 1 / (1 + e);
        c[j] = x * (x > 0 ? s : e * s);
    }
}
ORRERY_VECTOR_LOOP(siluRow, (float* c, std::int64_t count), (c, count))

ORRERY_INLINE void reluRowBody(float* c, std::int64_t count) {
    for (std::int64_t j = 0; j < count; ++j) c[j] = c[j] > 0 ? c[j] : c[j] * 0.0F; // a NaN stays one
}
ORRERY_VECTOR_LOOP(reluRow, (float* c, std::int64_t count), (c, count))

} // namespace

bool knows(Unary activation) { return activation == Unary::relu || activation == Unary::gelu || activation == Unary::silu; }

void epilogue(float* c, std::int64_t rows, std::int64_t columns, const float* bias, std::optional<Unary> activation) {
    if (columns == 0 || (!bias && !activation)) return;
    const std::int64_t each = std::max<std::int64_t>(1, (1 << 16) / columns); // rows of a task: some 256 KiB
    parallel((rows + each - 1) / each, [&](std::int64_t task, int) {
        for (std::int64_t r = task * each; r < std::min(rows, (task + 1) * each); ++r) {
            float* const row = c + r * columns;
            if (bias) biasRow(row, bias, columns);
            if (activation == Unary::gelu) geluRow(row, columns);
            if (activation == Unary::silu) siluRow(row, columns);
            if (activation == Unary::relu) reluRow(row, columns);
        }
    });
}

} // namespace orrery::tensor::host
