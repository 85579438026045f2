// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/cases.h"
#include "engine/tensor/ops/elementwise.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace orrery::tensor {

namespace {

double normalCdf(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

double reference(Unary f, double x, double p, double q) {
    switch (f) {
        case Unary::negate:
            return -x;
        case Unary::exp:
            return std::exp(x);
        case Unary::log:
            return std::log(x);
        case Unary::sqrt:
            return std::sqrt(x);
        case Unary::rsqrt:
            return 1 / std::sqrt(x);
        case Unary::reciprocal:
            return 1 / x;
        case Unary::square:
            return x * x;
        case Unary::abs:
            return std::abs(x);
        case Unary::sin:
            return std::sin(x);
        case Unary::cos:
            return std::cos(x);
        case Unary::tanh:
            return std::tanh(x);
        case Unary::sigmoid:
            return 1 / (1 + std::exp(-x));
        case Unary::softplus:
            return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
        case Unary::relu:
            return std::max(x, 0.0);
        case Unary::gelu:
            return x * normalCdf(x);
        case Unary::geluTanh:
            return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
        case Unary::silu:
            return x / (1 + std::exp(-x));
        case Unary::affine:
            return p * x + q;
        case Unary::clamp:
            return std::clamp(x, p, q);
        case Unary::identity:
        case Unary::count:
            break;
    }
    return x;
}

double reference(Binary f, double a, double b) {
    switch (f) {
        case Binary::add:
            return a + b;
        case Binary::subtract:
            return a - b;
        case Binary::multiply:
            return a * b;
        case Binary::divide:
            return a / b;
        case Binary::maximum:
            return std::max(a, b);
        case Binary::minimum:
            return std::min(a, b);
        default:
            return a < b;
    }
}

bool needsPositive(Unary f) { return f == Unary::log || f == Unary::sqrt || f == Unary::rsqrt || f == Unary::reciprocal; }

Case unaryCase(Unary f, const Shape& shape, Fill fill) {
    const double p = f == Unary::affine ? -1.75 : -0.6, q = f == Unary::affine ? 0.3 : 0.9;
    Case row;
    row.name = std::string(toString(f)) + " " + shape.text();
    row.inputs = {{shape, fill}};
    row.run = [=](Context& c, std::span<const Tensor> in) { return apply(c, f, in[0], p, q); };
    row.reference = [=](std::span<const Array> in) {
        Expected expected{Array(in[0].shape), Array(in[0].shape)};
        for (std::size_t i = 0; i < in[0].size(); ++i) {
            const double x = in[0][i], y = reference(f, x, p, q);
            expected.value[i] = y;
            // Relative to the result, but where the argument itself is rounded (exponents and their like, |x| units) or the
            // result passes zero while its parts do not.
            expected.scale[i] = std::abs(y) * (1 + std::min(x * x, 200.0)) +
                                (f == Unary::affine ? std::abs(p * x) + std::abs(q) : 0) +
                                (f == Unary::log || f == Unary::sin || f == Unary::cos || f == Unary::softplus ? 1 : 0) + 1e-37;
        }
        return expected;
    };
    row.tolerance = 6; // polynomials of seven terms, one or two roundings each
    return row;
}

Case binaryCase(Binary f, const Shape& a, const Shape& b) {
    Case row;
    row.name = std::string(toString(f)) + " " + a.text() + " " + b.text();
    // Away from ties, at which an extreme has no derivative, and from divisors near zero.
    const bool extreme = f == Binary::maximum || f == Binary::minimum || f == Binary::less;
    row.inputs = {{a, extreme ? Fill::distinct : Fill::normal}, {b, f == Binary::divide ? Fill::positive : Fill::normal}};
    row.run = [f](Context& c, std::span<const Tensor> in) { return apply(c, f, in[0], in[1]); };
    row.reference = [f](std::span<const Array> in) {
        const Shape shape = broadcast(in[0].shape, in[1].shape, "reference");
        Expected expected{Array(shape), Array(shape)};
        for (std::size_t i = 0; i < expected.value.size(); ++i) {
            const double p = in[0][broadcastIndex(in[0].shape, shape, i)], q = in[1][broadcastIndex(in[1].shape, shape, i)];
            expected.value[i] = reference(f, p, q);
            expected.scale[i] = std::abs(expected.value[i]) + 1e-37;
        }
        return expected;
    };
    row.tolerance = f == Binary::divide ? 5 : 1; // Vulkan grants a quotient 2.5 units in the last place
    if (f == Binary::less) row.gradient = 0;
    return row;
}

} // namespace

std::vector<Case> elementwiseCases() {
    std::vector<Case> rows;
    for (std::uint32_t i = 0; i < std::uint32_t(Unary::count); ++i) {
        const auto f = Unary(i);
        rows.push_back(unaryCase(f, {37}, needsPositive(f) ? Fill::positive : Fill::normal));
        if (!needsPositive(f)) rows.push_back(unaryCase(f, {5, 8}, Fill::unit));
    }
    rows.push_back(unaryCase(Unary::gelu, {0}, Fill::normal));
    rows.push_back(unaryCase(Unary::silu, {}, Fill::normal));
    for (std::uint32_t i = 0; i < std::uint32_t(Binary::count); ++i) rows.push_back(binaryCase(Binary(i), {3, 7}, {3, 7}));
    for (const Binary f : {Binary::add, Binary::divide, Binary::maximum})
        for (const auto& [a, b] : std::vector<std::pair<Shape, Shape>>{{{6, 8}, {8}},
                                                                       {{8}, {6, 8}},
                                                                       {{6, 8}, {6, 1}},
                                                                       {{6, 8}, {1}},
                                                                       {{5, 7}, {7}},
                                                                       {{5, 7}, {5, 1}},
                                                                       {{4, 1, 5}, {3, 1}},
                                                                       {{2, 3, 4}, {3, 4}},
                                                                       {{2, 1, 4}, {2, 3, 1}},
                                                                       {{}, {3}},
                                                                       {{0, 4}, {4}},
                                                                       {{2, 3, 8}, {2, 1, 1}}})
            rows.push_back(binaryCase(f, a, b));
    return rows;
}

std::vector<Case> elementwiseBenches(std::int64_t scale) {
    const Shape shape{scale << 22};
    Case sum = binaryCase(Binary::add, shape, shape), gelu = unaryCase(Unary::gelu, shape, Fill::normal);
    sum.name = "add " + sizeText(shape.count()), gelu.name = "gelu " + sizeText(shape.count());
    sum.bytes = 12.0 * double(shape.count()), gelu.bytes = 8.0 * double(shape.count());
    sum.flops = double(shape.count()), gelu.flops = 30 * double(shape.count());
    return {sum, gelu};
}

} // namespace orrery::tensor
