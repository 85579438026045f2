// SPDX-License-Identifier: GPL-3.0-or-later
// The inner loops of a language model on the host, compiled for AVX2 and for any machine, chosen when the program runs. Every
// sum has an order that depends on its own length alone (16 running sums, then their tree), never on how many columns, nodes or
// threads there are: so that a node of a tree gets the bits that plain decoding gives.
#pragma once

#include "engine/labs/language/matrix.h"

namespace orrery::language {

/// Columns of activations, each `stride` floats from the next and filled up with zeros to a multiple of 16.
struct Columns {
    const float* data = nullptr;
    std::int64_t stride = 0;
    int count = 0;
};

struct Attended {
    const float* query = nullptr; ///< [padded headSize]
    const float* keys = nullptr;  ///< row 0 of this head; rows are `stride` floats apart
    const float* values = nullptr;
    std::int64_t stride = 0;
    int committed = 0;                   ///< rows 0 … committed - 1 first,
    const std::int32_t* chain = nullptr; ///< then these rows
    int chained = 0;
    int size = 0; ///< of a head, padded
    float scale = 1;
};

struct HostKernels {
    const char* name;
    /// y[c][r] = sum over k of weights[r][k] x[c][k], for rows first … first + count - 1; y's row r of column c lies at
    /// y[c * yStride + r].
    void (*product)(const Matrix& weights, int first, int count, const Columns& x, float* y, std::int64_t yStride);
    /// x / sqrt(mean x^2 + epsilon) * weight. All of padded length, `count` of them numbers.
    void (*rmsNorm)(const float* x, const float* weight, int count, float epsilon, float* out);
    void (*layerNorm)(const float* x, const float* weight, const float* bias, int count, float epsilon, float* out);
    /// softmax(scale q K) V over the rows in their logical order. `scores` takes padded(committed + chained) floats.
    void (*attend)(const Attended& what, float* scores, float* out);
    /// Of `count` floats, a multiple of 32: as fast as memory is read, the ceiling of decoding.
    float (*sum)(const float* values, std::int64_t count);
};

const HostKernels& hostKernels();      ///< the best for this machine
const HostKernels& plainHostKernels(); ///< for any; for tests

} // namespace orrery::language
