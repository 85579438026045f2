// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/diagonal.h"

#include "engine/error.h"
#include "engine/labs/statespace/structure.h"
#include "engine/philox.h"
#include "engine/tensor/ops/elementwise.h"
#include "engine/tensor/ops/layout.h"
#include "engine/tensor/ops/reduce.h"

#include <array>
#include <numbers>

namespace orrery::statespace {

namespace {

constexpr double pi = std::numbers::pi;
constexpr std::array<const char*, diagonalInits> names = {"S4D-Lin", "S4D-Inv", "S4D-Real", "S4D-LegS"};
enum Stream : std::uint32_t { outputWeights = 1, inputWeights, skips, steps, rings };

Complex complexNormal(std::uint64_t seed, std::uint32_t item, std::uint32_t stream) {
    const auto [re, im] = normalPair(philox(seed, item, 0, stream));
    return Complex(re, im) / std::numbers::sqrt2;
}
double uniform(std::uint64_t seed, std::uint32_t item, std::uint32_t stream) {
    return unitOpen(philox(seed, item, 0, stream)[0]);
}

/// expm1(z) / lambda for z = delta lambda.
Complex heldInput(Complex lambda, double delta) {
    const Complex z = delta * lambda;
    if (std::abs(z) < 1e-4) return delta * (1.0 + z * (0.5 + z * (1.0 / 6 + z / 24.0)));
    return (std::exp(z) - 1.0) / lambda;
}

/// V* B for the normal part of LegS, positive frequencies first.
Diagonal normalLegs(std::int64_t N) {
    const System s = hippo(Method::legs, N);
    const Split parts = split(s);
    const Skew skew = skewEigenvectors(combined(0.5, parts.normal, -0.5, transposed(parts.normal)));
    Diagonal d;
    for (std::int64_t i = 0; i < N / 2; ++i) {
        Complex b = 0;
        for (std::int64_t n = 0; n < N; ++n) b += std::conj(skew.vectors(n, i)) * s.B[std::size_t(n)];
        d.lambda.emplace_back(parts.shift, skew.frequencies[std::size_t(i)]);
        d.B.push_back(b);
    }
    return d;
}

/// States of one diagonal recurrence x = a x + in_t.
ComplexVector statesOf(Complex a, const ComplexVector& in, const ScanOrder& order) {
    return scanned(ComplexVector(in.size(), a), in, order);
}

} // namespace

const char* label(DiagonalInit init) { return names.at(std::size_t(init)); }

Diagonal diagonal(DiagonalInit init, std::int64_t N, std::uint64_t seed) {
    if (N < 2 || N > mostStates || N % 2 == 1)
        throw Error("a diagonal system takes an even number of states from 2 to " + std::to_string(mostStates) + ", not " +
                    std::to_string(N));
    Diagonal d;
    d.pairs = init != DiagonalInit::real;
    if (init == DiagonalInit::legs) d = normalLegs(N);
    const double whole = double(N);
    for (std::int64_t n = 0; n < (d.pairs ? N / 2 : N); ++n) {
        const double order = double(n);
        if (init == DiagonalInit::lin) d.lambda.emplace_back(-0.5, pi * order);
        if (init == DiagonalInit::inv) d.lambda.emplace_back(-0.5, whole / pi * (whole / (2 * order + 1) - 1));
        if (init == DiagonalInit::real) d.lambda.emplace_back(-(order + 1), 0);
        if (init != DiagonalInit::legs) d.B.emplace_back(1);
        const Complex c = complexNormal(seed, std::uint32_t(n), outputWeights);
        d.C.push_back(d.pairs ? c : c.real() * std::numbers::sqrt2);
    }
    return d;
}

DiagonalSteps discretise(const Diagonal& d, Scheme scheme, double delta, double alpha) {
    if (!(delta > 0) || !std::isfinite(delta)) throw Error("a step takes a positive Delta, not " + std::to_string(delta));
    DiagonalSteps s{{}, {}, d.C, d.pairs};
    for (std::size_t n = 0; n < d.lambda.size(); ++n) {
        s.a.push_back(warped(d.lambda[n], scheme, delta, alpha));
        const Complex input =
            scheme == Scheme::zoh ? heldInput(d.lambda[n], delta) : delta / (1.0 - alphaOf(scheme, alpha) * delta * d.lambda[n]);
        s.b.push_back(input * d.B[n]);
    }
    return s;
}

Vector kernelOf(const DiagonalSteps& d, std::int64_t L) {
    Vector kernel(static_cast<std::size_t>(L));
    for (std::size_t n = 0; n < d.a.size(); ++n) {
        Complex term = d.C[n] * d.b[n];
        for (double& k : kernel) k += (d.pairs ? 2 : 1) * term.real(), term *= d.a[n];
    }
    return kernel;
}

Vector outputs(const DiagonalSteps& d, std::span<const double> samples, const ScanOrder& order) {
    Vector y(samples.size());
    for (std::size_t n = 0; n < d.a.size(); ++n) {
        ComplexVector in;
        for (const double u : samples) in.push_back(d.b[n] * u);
        const ComplexVector x = statesOf(d.a[n], in, order);
        for (std::size_t t = 0; t < y.size(); ++t) y[t] += (d.pairs ? 2 : 1) * (d.C[n] * x[t]).real();
    }
    return y;
}

Vector outputsOnDevice(tensor::Context& context, const DiagonalSteps& d, std::span<const double> samples,
                       tensor::ScanKernel kernel) {
    using namespace tensor;
    // Rows of states: [n, L, 2], so that either kernel can take them.
    const std::int64_t n = std::int64_t(d.a.size()), L = std::int64_t(samples.size());
    if (L == 0) return {};
    std::vector<float> a, b, c;
    for (std::size_t i = 0; i < d.a.size(); ++i)
        for (const double u : samples) {
            a.push_back(float(d.a[i].real())), a.push_back(float(d.a[i].imag()));
            b.push_back(float((d.b[i] * u).real())), b.push_back(float((d.b[i] * u).imag()));
        }
    for (const Complex w : d.C) // Re(C x) = Re C Re x - Im C Im x
        c.push_back(float((d.pairs ? 2 : 1) * w.real())), c.push_back(float((d.pairs ? -2 : -1) * w.imag()));
    const Shape shape{n, L, 2};
    const Tensor x =
        linearScan(context, context.upload(shape, std::span<const float>(a)), context.upload(shape, std::span<const float>(b)),
                   {.axis = 1, .complexPairs = true, .kernel = kernel});
    const Tensor weighted = multiply(context, x, context.upload({n, 1, 2}, std::span<const float>(c)));
    const std::vector<float> y = context.read(sum(context, weighted, {0, 2}));
    return {y.begin(), y.end()};
}

Discrete blocks(const DiagonalSteps& d, Vector& C) {
    const std::int64_t n = std::int64_t(d.a.size()), width = d.pairs ? 2 : 1;
    Discrete real{Matrix(width * n, width * n), {}, 0, Scheme::zoh};
    C.clear();
    for (std::int64_t i = 0; i < n; ++i) {
        const Complex a = d.a[std::size_t(i)], b = d.b[std::size_t(i)], c = d.C[std::size_t(i)];
        real.A(width * i, width * i) = a.real();
        real.B.push_back(b.real()), C.push_back(double(width) * c.real());
        if (!d.pairs) continue;
        real.A(2 * i, 2 * i + 1) = -a.imag(), real.A(2 * i + 1, 2 * i) = a.imag(), real.A(2 * i + 1, 2 * i + 1) = a.real();
        real.B.push_back(b.imag()), C.push_back(-2 * c.imag());
    }
    return real;
}

PhaseLoss phaseLoss(double phase, std::int64_t L) {
    PhaseLoss loss{phase * double(L - 1), 0, 0};
    const auto turns = std::uint32_t(std::int64_t(std::llround(std::fmod(phase / (2 * pi), 1.0) * 0x1p32)));
    for (std::int64_t l = 0; l < L; ++l) {
        // The step's angle in float32, too, as a shader has it.
        const double exact = std::fmod(phase * double(l), 2 * pi);
        const float angle = float(phase) * float(l);
        loss.byFloat = std::max(loss.byFloat, std::abs(std::polar(1.0, exact) - std::polar(1.0, double(angle))));
        const double wrapped = 2 * pi * double(turns * std::uint32_t(l)) * 0x1p-32;
        loss.byTurns = std::max(loss.byTurns, std::abs(std::polar(1.0, exact) - std::polar(1.0, wrapped)));
    }
    return loss;
}

Lru lru(const LruOptions& o, std::uint64_t seed) {
    if (!(o.least >= 0 && o.least < o.most && o.most < 1))
        throw Error("LRU: the ring lies between 0 and 1, its inner radius first");
    Lru layer;
    layer.B = ComplexMatrix(o.states, o.inputs), layer.C = ComplexMatrix(o.inputs, o.states);
    for (std::int64_t n = 0; n < o.states; ++n) {
        const auto words = philox(seed, std::uint32_t(n), 0, rings);
        // nu = ln(-1/2 ln(U (most^2 - least^2) + least^2)), lambda = exp(-e^nu + i e^theta)
        const double nu =
            std::log(-0.5 * std::log(unitOpen(words[0]) * (o.most * o.most - o.least * o.least) + o.least * o.least));
        const double theta = std::log(o.phase * unitOpen(words[1]));
        layer.lambda.push_back(std::exp(Complex(-std::exp(nu), std::exp(theta))));
        layer.gamma.push_back(std::sqrt(1 - std::norm(layer.lambda.back())));
        for (std::int64_t i = 0; i < o.inputs; ++i) {
            const auto item = std::uint32_t(n * o.inputs + i);
            layer.B(n, i) = complexNormal(seed, item, inputWeights) / std::sqrt(double(o.inputs));
            layer.C(i, n) = complexNormal(seed, item, outputWeights) / std::sqrt(double(o.states));
        }
    }
    for (std::int64_t i = 0; i < o.inputs; ++i) layer.D.push_back(normalPair(philox(seed, std::uint32_t(i), 0, skips))[0]);
    return layer;
}

Matrix outputs(const Lru& layer, const Matrix& u, const ScanOrder& order, ComplexMatrix* states) {
    const std::int64_t L = u.rows, H = u.columns, N = std::int64_t(layer.lambda.size());
    Matrix y(L, H);
    if (states) *states = ComplexMatrix(L, N);
    for (std::int64_t n = 0; n < N; ++n) {
        ComplexVector in(static_cast<std::size_t>(L));
        for (std::int64_t t = 0; t < L; ++t)
            for (std::int64_t i = 0; i < H; ++i) in[std::size_t(t)] += layer.gamma[std::size_t(n)] * layer.B(n, i) * u(t, i);
        const ComplexVector h = statesOf(layer.lambda[std::size_t(n)], in, order);
        for (std::int64_t t = 0; t < L; ++t) {
            if (states) (*states)(t, n) = h[std::size_t(t)];
            for (std::int64_t i = 0; i < H; ++i) y(t, i) += (layer.C(i, n) * h[std::size_t(t)]).real();
        }
    }
    for (std::int64_t t = 0; t < L; ++t)
        for (std::int64_t i = 0; i < H; ++i) y(t, i) += layer.D[std::size_t(i)] * u(t, i);
    return y;
}

S5 s5(std::int64_t N, std::int64_t inputs, std::uint64_t seed) {
    const Diagonal legs = diagonal(DiagonalInit::legs, N, seed);
    const std::int64_t pairs = N / 2;
    S5 layer{legs.lambda, ComplexMatrix(pairs, inputs), ComplexMatrix(inputs, pairs), {}, {}};
    for (std::int64_t n = 0; n < pairs; ++n) {
        layer.delta.push_back(0.001 * std::pow(100.0, uniform(seed, std::uint32_t(n), steps)));
        for (std::int64_t i = 0; i < inputs; ++i) {
            const auto item = std::uint32_t(n * inputs + i);
            layer.B(n, i) = complexNormal(seed, item, inputWeights) / std::sqrt(double(inputs));
            layer.C(i, n) = complexNormal(seed, item, outputWeights) / std::sqrt(double(pairs));
        }
    }
    for (std::int64_t i = 0; i < inputs; ++i) layer.D.push_back(normalPair(philox(seed, std::uint32_t(i), 0, skips))[0]);
    return layer;
}

Matrix outputs(const S5& layer, const Matrix& u, const ScanOrder& order) {
    const std::int64_t L = u.rows, H = u.columns;
    Matrix y(L, H);
    for (std::size_t n = 0; n < layer.lambda.size(); ++n) {
        const std::int64_t row = std::int64_t(n);
        const Complex held = heldInput(layer.lambda[n], layer.delta[n]);
        ComplexVector in(static_cast<std::size_t>(L));
        for (std::int64_t t = 0; t < L; ++t)
            for (std::int64_t i = 0; i < H; ++i) in[std::size_t(t)] += held * layer.B(row, i) * u(t, i);
        const ComplexVector x = statesOf(std::exp(layer.delta[n] * layer.lambda[n]), in, order);
        for (std::int64_t t = 0; t < L; ++t)
            for (std::int64_t i = 0; i < H; ++i) y(t, i) += 2 * (layer.C(i, row) * x[std::size_t(t)]).real();
    }
    for (std::int64_t t = 0; t < L; ++t)
        for (std::int64_t i = 0; i < H; ++i) y(t, i) += layer.D[std::size_t(i)] * u(t, i);
    return y;
}

} // namespace orrery::statespace
