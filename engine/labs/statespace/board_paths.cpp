// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/board_paths.h"

#include "engine/labs/statespace/diagonal.h"
#include "engine/labs/statespace/fourier.h"
#include "engine/labs/statespace/kernel_device.h"
#include "engine/labs/statespace/legs.h"
#include "engine/labs/statespace/selective.h"
#include "engine/philox.h"
#include "engine/tensor/ops/elementwise.h"
#include "engine/tensor/ops/matmul.h"

#include <cmath>
#include <numbers>

namespace orrery::statespace {

namespace {

constexpr double eps = 0x1p-52, eps32 = 0x1p-23;
enum Stream : std::uint32_t { inputs = 20, weights, keys, queries, values };

Vector normals(std::size_t count, std::uint64_t seed, std::uint32_t stream) {
    Vector x(count);
    for (std::size_t i = 0; i < count; ++i) x[i] = normalPair(philox(seed, std::uint32_t(i), 0, stream))[0];
    return x;
}
Matrix normalMatrix(std::int64_t rows, std::int64_t columns, std::uint64_t seed, std::uint32_t stream) {
    Matrix m(rows, columns);
    m.values = normals(m.values.size(), seed, stream);
    return m;
}

tensor::Tensor uploaded(tensor::Context& context, const tensor::Shape& shape, std::span<const double> x) {
    const std::vector<float> narrow(x.begin(), x.end());
    return context.upload(shape, std::span<const float>(narrow));
}
Vector convolvedOnDevice(tensor::Context& context, std::span<const double> kernel, std::span<const double> u, Padding padding) {
    const tensor::Shape shape{std::int64_t(u.size())};
    const std::vector<float> y =
        context.read(convolve(context, uploaded(context, shape, kernel), uploaded(context, shape, u), padding));
    return {y.begin(), y.end()};
}

/// What a planted fault makes of a recurrence's steps.
Discrete spoilt(Discrete d, const System& s, double delta, Planted fault) {
    if (fault == Planted::deltaSwap) return discretise(s, Scheme::bilinear, delta / 2);
    if (fault == Planted::signFlip) d.A(0, 0) = -d.A(0, 0);
    return d;
}

/// The kernel from the truncated generating function at the L-th roots of unity.
Vector kernelByGenerating(const Discrete& d, std::span<const double> C, std::int64_t L) {
    ComplexVector spectrum;
    for (std::int64_t l = 0; l <= L / 2; ++l)
        spectrum.push_back(generating(d, C, L, std::polar(1.0, -2 * std::numbers::pi * double(l) / double(L))));
    return irfft(spectrum, L);
}

Padding paddingOf(const BoardOptions& o) { return o.planted == Planted::unpaddedFft ? Padding::none : Padding::doubled; }

} // namespace

Plan legsPlan(const BoardOptions& o) {
    constexpr std::int64_t N = 32;
    const System s = hippo(Method::legs, N);
    const Discrete d = discretise(s, Scheme::bilinear, o.delta);
    const std::int64_t L = o.length;
    const Vector u = normals(std::size_t(L), o.seed, inputs);
    Vector C = normals(N, o.seed, weights);
    Plan p("LegS, time-invariant, 32 states");
    p.host("recurrence", [=] { return outputs(d, C, u); });
    p.host("recurrence in O(N)", [=] {
        Vector y, x(N);
        for (const double now : u) {
            advanceInvariant(x, {&now, 1}, o.planted == Planted::deltaSwap ? o.delta / 2 : o.delta);
            double sum = 0;
            for (std::size_t n = 0; n < std::size_t(N); ++n) sum += C[n] * x[n];
            y.push_back(sum);
        }
        return y;
    });
    const Vector kernel =
        kernelByPowers(spoilt(d, s, o.delta, o.planted == Planted::signFlip ? o.planted : Planted::nothing), C, L);
    if (L <= 4096) p.host("direct convolution", [=] { return convolveDirect(kernel, u); });
    p.host("FFT convolution", [=] { return convolve(kernel, u, paddingOf(o)); });
    const Dplr parts = dplr(s, C, o.delta, L);
    const Vector fast = kernelByDplr(parts);
    p.host("FFT convolution of the DPLR kernel", [=] { return convolve(fast, u); });
    if (L <= 2048)
        p.host("FFT convolution of the generating function's kernel", [=] { return convolve(kernelByGenerating(d, C, L), u); });
    p.device("FFT convolution of the DPLR kernel",
             [=](tensor::Context& context) { return convolvedOnDevice(context, fast, u, Padding::doubled); });
    // the fastest of 32 normal states turns with 326: 326 2^-24 / (1/2) of it is lost where it resonates (kernel_device.h)
    p.device(
        "FFT convolution of the device's DPLR kernel",
        [=](tensor::Context& context) {
            const std::vector<float> narrow = context.read(kernelByDplr(context, parts));
            return convolve(Vector(narrow.begin(), narrow.end()), u);
        },
        326 * 2 * 0x1p-24);
    // Kernels come with the rounding of N-term sums through a matrix of norm up to N^2 Delta / (1 + …) < N, powers add to it
    // once each: N eps each way, and L of them at most in quadrature.
    p.group.argument =
        "float64: sums of 32 terms in matrices whose entries reach 32, rounded over the kernel's length; float32: a transform "
        "of 2 L numbers rounds log2(2 L) times; a kernel made in float32 loses 4e-5 where its fastest pole resonates.";
    p.wide = 4 * N * eps * std::sqrt(double(L) + 16), p.narrow = 4 * eps32 * std::log2(2 * double(L) + 2);
    return p;
}

Plan diagonalPlan(const BoardOptions& o) {
    constexpr std::int64_t N = 8;
    constexpr double delta = 0.25; // the poles lie pi / 4 apart on their circle, so that polynomials can tell them apart
    const Diagonal system = diagonal(DiagonalInit::lin, N, o.seed);
    const DiagonalSteps d = discretise(system, Scheme::zoh, delta);
    const std::int64_t L = o.length;
    const Vector u = normals(std::size_t(L), o.seed, inputs);
    Plan p("A diagonal system (S4D-Lin), 8 states");
    for (const Scan scan : {Scan::sequential, Scan::koggeStone, Scan::blelloch, Scan::chunked, Scan::threeDispatch}) {
        ScanOrder order{scan, 64, Ends::inclusive};
        if (o.planted == Planted::exclusiveScan && scan == Scan::blelloch) order.ends = Ends::exclusive;
        p.host(std::string("scan, ") + label(scan), [=] { return outputs(d, u, order); });
    }
    Vector C;
    Discrete real = blocks(d, C);
    if (o.planted == Planted::signFlip) real.A(0, 0) = -real.A(0, 0);
    if (o.planted == Planted::deltaSwap) real = blocks(discretise(system, Scheme::zoh, delta / 2), C);
    p.host("recurrence of real 2 x 2 blocks", [=] { return outputs(real, C, u); });
    const Vector kernel = kernelOf(d, L);
    p.host("FFT convolution", [=] { return convolve(kernel, u, paddingOf(o)); });
    Vector weights;
    const Discrete clean = blocks(d, weights);
    p.host("FFT convolution of the rational function's kernel", [=] { return convolve(kernelByRational(clean, weights, L), u); });
    p.host("companion form", [=] { return outputs(rational(clean, weights), u); });
    for (const auto& [name, scan] : {std::pair{"scan, an invocation per chunk", tensor::ScanKernel::invocation},
                                     {"scan, a workgroup per chunk", tensor::ScanKernel::workgroup}}) {
        std::vector<Plan::OnDevice> pieces; // a pair of states each
        for (std::size_t k = 0; k < d.a.size(); ++k) {
            const DiagonalSteps one{{d.a[k]}, {d.b[k]}, {d.C[k]}, d.pairs};
            pieces.push_back([one, u, scan = scan](tensor::Context& context) { return outputsOnDevice(context, one, u, scan); });
        }
        p.inPieces(name, std::move(pieces));
    }
    p.device("FFT convolution",
             [=](tensor::Context& context) { return convolvedOnDevice(context, kernel, u, Padding::doubled); });
    // |a| = e^(-1/8): sums of 1 / (1 - |a|) = 9 terms that count, and polynomials whose coefficients reach C(8, 4) = 70, near a
    // double root e^(-1/8) at z = 1, where 1 / (1 - |a|)^2 = 70 times their rounding comes out.
    p.group.argument =
        "float64: the rational function's coefficients reach 70 and its denominator falls to 1 / 70; float32: sums of a dozen "
        "terms that count, and a transform of 2 L numbers.";
    p.wide = 70 * 70 * eps, p.narrow = 4 * eps32 * (std::log2(2 * double(L) + 2) + 9);
    return p;
}

Plan selectivePlan(const BoardOptions& o) {
    const SelectiveLayer layer = selective({.channels = 8, .states = 16, .rank = 0}, o.seed);
    const std::int64_t L = std::min<std::int64_t>(o.length, 512); // the attention matrix is L x L
    const Matrix u = normalMatrix(L, 8, o.seed, inputs);
    const Gates clean = gates(layer, u);
    Plan p("A selective layer (Mamba-1), 8 channels of 16 states");
    for (const Scan scan : {Scan::sequential, Scan::koggeStone, Scan::blelloch, Scan::chunked, Scan::threeDispatch}) {
        ScanOrder order{scan, 64, Ends::inclusive};
        Gates used = clean;
        SelectiveLayer spoilt = layer;
        if (o.planted == Planted::exclusiveScan && scan == Scan::blelloch) order.ends = Ends::exclusive;
        if (o.planted == Planted::deltaSwap && scan == Scan::chunked)
            for (double& step : used.delta.values) step /= 2;
        if (o.planted == Planted::signFlip && scan == Scan::chunked) spoilt.A(0, 0) = -spoilt.A(0, 0);
        p.host(std::string("scan, ") + label(scan),
               [=] { return selectiveScan(spoilt, used, u, InputRule::euler, order).values; });
    }
    p.host("hidden attention matrix", [=] {
        Matrix y(L, 8);
        for (std::int64_t d = 0; d < 8; ++d) {
            const Matrix m = hiddenAttention(layer, clean, d);
            for (std::int64_t i = 0; i < L; ++i) {
                y(i, d) = layer.skip[std::size_t(d)] * u(i, d);
                for (std::int64_t j = 0; j <= i; ++j) y(i, d) += m(i, j) * u(j, d);
            }
        }
        return y.values;
    });
    p.device("selective scan", [=](tensor::Context& context) { return selectiveScanOnDevice(context, layer, clean, u).values; });
    p.group.argument =
        "float64: sums of decaying terms, a rounding each; float32: a device's e^x may be off by 3 + 2 |x| units, and terms with "
        "a large |x| = |Delta A| have decayed.";
    p.wide = 1e-12, p.narrow = 1e-5;
    return p;
}

Plan retentionPlan(const BoardOptions& o) {
    constexpr std::int64_t d = 16;
    const std::int64_t L = std::min<std::int64_t>(o.length, 2048);
    const double gamma = retentionGamma(2), scale = 1 / std::sqrt(double(d));
    Matrix q = normalMatrix(L, d, o.seed, queries);
    const Matrix k = normalMatrix(L, d, o.seed, keys), v = normalMatrix(L, d, o.seed, values);
    for (double& x : q.values) x *= scale;
    Plan p("Retention (RetNet), 16 wide");
    for (const Retention form : {Retention::parallel, Retention::recurrent, Retention::chunkwise}) {
        const bool spoilt = o.planted == Planted::deltaSwap && form == Retention::chunkwise;
        p.host(label(form), [=] { return retention(form, q, k, v, spoilt ? gamma * gamma : gamma).values; });
    }
    for (const Retention form : {Retention::parallel, Retention::recurrent, Retention::chunkwise})
        p.hostNarrow(label(form), [=] { return retentionInFloat(form, q, k, v, gamma).values; });
    Matrix decay(L, L);
    for (std::int64_t i = 0; i < L; ++i)
        for (std::int64_t j = 0; j <= i; ++j) decay(i, j) = std::pow(gamma, double(i - j));
    p.device(label(Retention::parallel), [=](tensor::Context& context) {
        const auto up = [&](const Matrix& m) { return uploaded(context, {m.rows, m.columns}, m.values); };
        const tensor::Tensor scores = matmul(context, up(q), up(k), {.transposeB = true});
        const std::vector<float> y = context.read(matmul(context, multiply(context, scores, up(decay)), up(v)));
        return Vector(y.begin(), y.end());
    });
    p.group.argument =
        "float64: products and sums of a few hundred terms that count; float32: gamma rounded once, 1 / (1 - gamma) = 128 "
        "powers of it, and sums of as many terms.";
    p.wide = 1e-12, p.narrow = 1e-5;
    return p;
}

} // namespace orrery::statespace
