// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/selective.h"

#include "engine/error.h"
#include "engine/philox.h"

#include <algorithm>
#include <cmath>

namespace orrery::statespace {

namespace {

enum Stream : std::uint32_t { projection = 1, deltas, biases };

void fillUniform(Matrix& m, double within, std::uint64_t seed, std::uint32_t stream) {
    for (std::size_t i = 0; i < m.values.size(); ++i)
        m.values[i] = within * (2 * unitOpen(philox(seed, std::uint32_t(i), 0, stream)[0]) - 1);
}

void checkShapes(const SelectiveLayer& layer, const Matrix& u) {
    if (u.columns != layer.A.rows)
        throw Error("selective scan: " + std::to_string(u.columns) + " channels for a layer of " + std::to_string(layer.A.rows));
}

} // namespace

double softplus(double x) { return x > 20 ? x : std::log1p(std::exp(x)); }

double inputFactor(InputRule rule, double delta, double a) {
    return rule == InputRule::euler || a == 0 ? delta : std::expm1(delta * a) / a;
}

SelectiveLayer selective(const SelectiveOptions& o, std::uint64_t seed) {
    if (o.channels < 1 || o.states < 1) throw Error("selective scan: a layer takes at least one channel and one state");
    const std::int64_t rank = o.rank > 0 ? o.rank : (o.channels + 15) / 16;
    SelectiveLayer layer;
    layer.A = Matrix(o.channels, o.states);
    for (std::int64_t d = 0; d < o.channels; ++d)
        for (std::int64_t n = 0; n < o.states; ++n) layer.A(d, n) = -double(n + 1);
    layer.project = Matrix(rank + 2 * o.states, o.channels);
    fillUniform(layer.project, 1 / std::sqrt(double(o.channels)), seed, projection);
    layer.deltaWeights = Matrix(o.channels, rank);
    fillUniform(layer.deltaWeights, 1 / std::sqrt(double(rank)), seed, deltas);
    for (std::int64_t d = 0; d < o.channels; ++d) {
        const double step = std::max(0.001 * std::pow(100.0, unitOpen(philox(seed, std::uint32_t(d), 0, biases)[0])), 1e-4);
        layer.deltaBias.push_back(std::log(std::expm1(step)));
        layer.skip.push_back(1);
    }
    return layer;
}

Gates gates(const SelectiveLayer& layer, const Matrix& u) {
    checkShapes(layer, u);
    const std::int64_t L = u.rows, D = u.columns, N = layer.A.columns, rank = layer.deltaWeights.columns;
    const Matrix made = product(u, transposed(layer.project)); // [L, rank + 2N]
    Gates g{Matrix(L, D), Matrix(L, N), Matrix(L, N)};
    for (std::int64_t t = 0; t < L; ++t) {
        for (std::int64_t d = 0; d < D; ++d) {
            double sum = layer.deltaBias[std::size_t(d)];
            for (std::int64_t r = 0; r < rank; ++r) sum += layer.deltaWeights(d, r) * made(t, r);
            g.delta(t, d) = softplus(sum);
        }
        for (std::int64_t n = 0; n < N; ++n) g.B(t, n) = made(t, rank + n), g.C(t, n) = made(t, rank + N + n);
    }
    return g;
}

Matrix selectiveScan(const SelectiveLayer& layer, const Gates& g, const Matrix& u, InputRule rule, const ScanOrder& order) {
    checkShapes(layer, u);
    const std::int64_t L = u.rows, D = u.columns, N = layer.A.columns;
    Matrix y(L, D);
    Vector a(static_cast<std::size_t>(L)), b(a.size());
    for (std::int64_t d = 0; d < D; ++d) {
        for (std::int64_t n = 0; n < N; ++n) {
            for (std::int64_t t = 0; t < L; ++t) {
                a[std::size_t(t)] = std::exp(g.delta(t, d) * layer.A(d, n));
                b[std::size_t(t)] = inputFactor(rule, g.delta(t, d), layer.A(d, n)) * g.B(t, n) * u(t, d);
            }
            const Vector h = scanned(a, b, order);
            for (std::int64_t t = 0; t < L; ++t) y(t, d) += g.C(t, n) * h[std::size_t(t)];
        }
        for (std::int64_t t = 0; t < L; ++t) y(t, d) += layer.skip[std::size_t(d)] * u(t, d);
    }
    return y;
}

Matrix hiddenAttention(const SelectiveLayer& layer, const Gates& g, std::int64_t d, InputRule rule) {
    if (d < 0 || d >= layer.A.rows) throw Error("hidden attention: there is no channel " + std::to_string(d));
    const std::int64_t L = g.delta.rows, N = layer.A.columns;
    Matrix m(L, L);
    for (std::int64_t j = 0; j < L; ++j)
        for (std::int64_t n = 0; n < N; ++n) {
            const double a = layer.A(d, n), in = inputFactor(rule, g.delta(j, d), a) * g.B(j, n);
            double passed = 0; // Delta_(j+1) + … + Delta_i
            for (std::int64_t i = j; i < L; ++i) {
                if (i > j) passed += g.delta(i, d);
                m(i, j) += g.C(i, n) * std::exp(a * passed) * in;
            }
        }
    return m;
}

double selectiveBytes(std::int64_t batch, std::int64_t L, std::int64_t channels, std::int64_t states) {
    return 4.0 * double(batch * L) * double(3 * channels + 2 * states);
}

tensor::Tensor selectiveScan(tensor::Context& context, const tensor::Tensor& delta, const tensor::Tensor& u,
                             const tensor::Tensor& A, const tensor::Tensor& B, const tensor::Tensor& C,
                             const tensor::Tensor& skip) {
    using gpu::Access, gpu::Element;
    const std::int64_t batch = u.shape().at(0), L = u.shape().at(1), D = u.shape().at(2), N = A.shape().at(1);
    if (N % 4 != 0 || N > 64) throw Error("selective scan: " + std::to_string(N) + " states; the kernel takes 4, 8, … 64");
    if (delta.shape() != u.shape() || A.shape() != tensor::Shape{D, N} || B.shape() != tensor::Shape{batch, L, N} ||
        C.shape() != B.shape() || skip.shape() != tensor::Shape{D})
        throw Error("selective scan: shapes " + delta.shape().text() + ", " + A.shape().text() + ", " + B.shape().text() + ", " +
                    C.shape().text() + " and " + skip.shape().text() + " for an input of " + u.shape().text());
    const tensor::Tensor y = context.empty(u.shape());
    if (y.count() == 0) return y;
    struct {
        std::uint32_t batch, length, channels;
    } const push{std::uint32_t(batch), std::uint32_t(L), std::uint32_t(D)};
    // Eight lanes to a workgroup on a CPU device, so that every core gets some channels.
    const std::uint32_t local = context.device().isCpu() ? 8 : 32;
    context.run({.kernel = "statespace/selective",
                 .tensors = {delta, u, A, B, C, skip, y},
                 .bindings = {{"delta", Access::read, Element::f32},
                              {"u", Access::read, Element::f32},
                              {"A", Access::read, Element::vec4},
                              {"B", Access::read, Element::vec4},
                              {"C", Access::read, Element::vec4},
                              {"skip", Access::read, Element::f32},
                              {"y", Access::write}},
                 .constants = {std::uint32_t(N / 4)},
                 .local = {local, 1, 1},
                 .groups = tensor::grid(std::uint64_t(batch) * std::uint64_t((D + local - 1) / local), 1)},
                push);
    return y;
}

Matrix selectiveScanOnDevice(tensor::Context& context, const SelectiveLayer& layer, const Gates& g, const Matrix& u) {
    checkShapes(layer, u);
    const auto up = [&](const tensor::Shape& shape, const Vector& values) {
        const std::vector<float> narrow(values.begin(), values.end());
        return context.upload(shape, std::span<const float>(narrow));
    };
    const std::int64_t L = u.rows, D = u.columns, N = layer.A.columns;
    const std::vector<float> y =
        context.read(selectiveScan(context, up({1, L, D}, g.delta.values), up({1, L, D}, u.values), up({D, N}, layer.A.values),
                                   up({1, L, N}, g.B.values), up({1, L, N}, g.C.values), up({D}, layer.skip)));
    Matrix result(L, D);
    result.values.assign(y.begin(), y.end());
    return result;
}

} // namespace orrery::statespace
