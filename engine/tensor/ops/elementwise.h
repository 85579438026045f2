// SPDX-License-Identifier: GPL-3.0-or-later
// Functions of each element, with NumPy's broadcasting. Results have the widest type of the inputs.
// Formulas and their slopes stand in shaders/tensor/functions.glsl and, in float64, in elementwise_reference.cpp.
#pragma once

#include "engine/tensor/context.h"

namespace orrery::tensor {

/// The number is that of the shader. p and q are parameters.
enum class Unary : std::uint32_t {
    negate,
    exp,
    log,
    sqrt,
    rsqrt,      ///< 1 / sqrt(x)
    reciprocal, ///< 1 / x
    square,
    abs,
    sin,
    cos,
    tanh,
    sigmoid,  ///< 1 / (1 + e^-x)
    softplus, ///< ln(1 + e^x)
    relu,
    gelu,     ///< x Phi(x), by the error function (Hendrycks & Gimpel 2016)
    geluTanh, ///< its approximation by tanh, as in GPT-2
    silu,     ///< x sigmoid(x)
    affine,   ///< p x + q
    clamp,    ///< to [p, q]; the slope is 1 inside and at the ends
    identity,
    count
};
const char* toString(Unary function);

enum class Binary : std::uint32_t {
    add,
    subtract,
    multiply,
    divide,
    maximum, ///< where both are equal the gradient goes to the first
    minimum,
    less, ///< 1 or 0; no gradient
    count
};
const char* toString(Binary function);

Tensor apply(Context& context, Unary function, const Tensor& x, double p = 0, double q = 0);
/// x in another floating-point type, unrecorded; cast() is what ops call.
Tensor converted(Context& context, const Tensor& x, DType type);
/// slope of the function at x, times dy: shapes of x and dy are the same.
Tensor applySlope(Context& context, Unary function, const Tensor& x, const Tensor& dy, double p = 0, double q = 0);
/// Shapes are broadcast; throws Error naming both when they do not fit.
Tensor apply(Context& context, Binary function, const Tensor& a, const Tensor& b);

inline Tensor add(Context& c, const Tensor& a, const Tensor& b) { return apply(c, Binary::add, a, b); }
inline Tensor subtract(Context& c, const Tensor& a, const Tensor& b) { return apply(c, Binary::subtract, a, b); }
inline Tensor multiply(Context& c, const Tensor& a, const Tensor& b) { return apply(c, Binary::multiply, a, b); }
inline Tensor divide(Context& c, const Tensor& a, const Tensor& b) { return apply(c, Binary::divide, a, b); }
/// scale x + shift
inline Tensor affine(Context& c, const Tensor& x, double scale, double shift = 0) {
    return apply(c, Unary::affine, x, scale, shift);
}

} // namespace orrery::tensor
