// SPDX-License-Identifier: GPL-3.0-or-later
// What the generic op test and `orrery bench tensor` know of an op: cases with inputs, a float64 reference, a tolerance, and
// what they cost. A row in registry.cpp is all it takes to be tested (forward, gradients, f16, both read paths) and measured.
#pragma once

#include "engine/tensor/array.h"
#include "engine/tensor/context.h"

#include <string>

namespace orrery::tensor {

/// What an input is filled with, from a seed.
enum class Fill {
    normal,   ///< standard normal
    positive, ///< uniform in [0.5, 2]
    unit,     ///< uniform in [-1, 1]
    spread,   ///< normal times 2^uniform(-6, 6), with zeros: many magnitudes
    distinct, ///< a random order of whole steps, so that no two are equal or nearly so (extremes, sorting)
    index,    ///< whole numbers 0 … below - 1, of type i32
    mask,     ///< 0 or 1
};

struct Input {
    Shape shape{};
    Fill fill = Fill::normal;
    std::int64_t below = 0;     ///< for Fill::index
    bool differentiable = true; ///< its gradient is tested
    bool halves = true;         ///< f16 in the f16 rows of the test
};

/// What float64 says. An element may differ by tolerance · u · scale, u = 2^-24: the unit of rounding in f32.
struct Expected {
    Array value;
    Array scale{}; ///< per element; empty: 1 + the largest magnitude of value
};

struct Case {
    std::string name; ///< "5x3x7 transposed b"
    std::vector<Input> inputs;
    std::function<Tensor(Context&, std::span<const Tensor>)> run;
    std::function<Expected(std::span<const Array>)> reference;
    double tolerance = 4;   ///< in units of rounding of f32, see Expected; says in a comment why
    double gradient = 1e-4; ///< greatest relative error of a gradient: |got - want| / (largest |want| + 1e-3); 0: none is tested
    bool half = true;       ///< the op takes f16
    double halved = 0;      ///< units of rounding of f16, relative to scale, for what matrix units keep in f16 on the way
    double flops = 0, bytes = 0; ///< of one run, for the bench
    bool benchHalves = false;    ///< the bench gives it f16
};

struct Op {
    const char* name; ///< "matmul"
    std::vector<Case> (*cases)();
    /// Larger ones, measured by `orrery bench tensor`; the reference is not called.
    /// `scale`: so many times the size that suits a CPU device, so that a GPU has something to do.
    std::vector<Case> (*benches)(std::int64_t scale) = nullptr;
};

/// One line each in registry.cpp.
const std::vector<Op>& ops();

} // namespace orrery::tensor
