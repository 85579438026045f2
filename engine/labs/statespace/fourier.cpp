// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/fourier.h"

#include "engine/error.h"
#include "engine/tensor/host_fft.h"
#include "engine/tensor/ops/elementwise.h"
#include "engine/tensor/ops/fft.h"
#include "engine/tensor/ops/layout.h"

#include <fftw3.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>

namespace orrery::statespace {

namespace {

/// Memory that FFTW aligns for its vectors.
template <class T>
struct Room {
    explicit Room(std::size_t n) : data(static_cast<T*>(fftw_malloc(sizeof(T) * std::max<std::size_t>(n, 1))), fftw_free) {}
    std::unique_ptr<T, void (*)(void*)> data;
};

std::mutex planning; ///< FFTW's planner is not reentrant

/// Complex numbers times complex numbers, axes [..., n, 2] of one shape.
tensor::Tensor complexProduct(tensor::Context& context, const tensor::Tensor& a, const tensor::Tensor& b) {
    using namespace tensor;
    if (!context.tape && a.shape() == b.shape()) {
        using gpu::Access, gpu::Element;
        const Tensor y = context.empty(a.shape());
        const auto groups = std::uint32_t((y.count() + 3) / 4);
        context.run({.kernel = "statespace/complex_times",
                     .tensors = {a, b, y},
                     .bindings = {{"a", Access::read, Element::vec4}, {"b", Access::read, Element::vec4}, {"y", Access::write}},
                     .groups = grid(groups, 64)},
                    groups);
        return y;
    }
    // of other ops, so that gradients flow and shapes are broadcast
    const Tensor ar = slice(context, a, -1, 0, 1), ai = slice(context, a, -1, 1, 1);
    const Tensor br = slice(context, b, -1, 0, 1), bi = slice(context, b, -1, 1, 1);
    const Tensor re = subtract(context, multiply(context, ar, br), multiply(context, ai, bi));
    const Tensor im = add(context, multiply(context, ar, bi), multiply(context, ai, br));
    return concat(context, {re, im}, -1);
}

/// On a CPU device: rows of `size` by FFTW over the same memory.
tensor::Tensor onHost(tensor::Context& context, const tensor::Tensor& kernel, const tensor::Tensor& u, std::int64_t size) {
    using namespace tensor;
    const std::int64_t L = u.shape().at(-1), taps = kernel.shape().at(-1), rows = u.count() / L, half = size / 2 + 1;
    const Tensor y = context.empty(u.shape());
    context.onHost([&] {
        std::vector<float> a(std::size_t(rows * size)), b(a.size()), x(std::size_t(2 * rows * half)), z(x.size());
        const auto padded = [&](const Tensor& from, std::int64_t length, std::vector<float>& to) {
            const auto* const values = static_cast<const float*>(context.hostData(from));
            for (std::int64_t r = 0; r < rows; ++r) std::copy_n(values + r * length, length, to.begin() + r * size);
        };
        padded(kernel, taps, a), padded(u, L, b);
        host::run({.what = host::Transform::fromReal, .size = size, .rows = rows, .in = a.data(), .out = x.data()});
        host::run({.what = host::Transform::fromReal, .size = size, .rows = rows, .in = b.data(), .out = z.data()});
        const float scale = 1 / float(size);
        for (std::size_t i = 0; i < x.size(); i += 2) {
            const float re = x[i] * z[i] - x[i + 1] * z[i + 1];
            x[i + 1] = scale * (x[i] * z[i + 1] + x[i + 1] * z[i]), x[i] = scale * re;
        }
        host::run({.what = host::Transform::toReal, .size = size, .rows = rows, .in = x.data(), .out = a.data()});
        auto* const values = static_cast<float*>(context.hostData(y));
        for (std::int64_t r = 0; r < rows; ++r) std::copy_n(a.begin() + r * size, L, values + r * L);
    });
    return y;
}

} // namespace

ComplexVector rfft(std::span<const double> x) {
    const std::size_t n = x.size(), half = n / 2 + 1;
    if (n == 0) return {};
    const Room<double> in(n);
    const Room<fftw_complex> out(half);
    fftw_plan plan = nullptr;
    {
        const std::scoped_lock lock(planning);
        plan = fftw_plan_dft_r2c_1d(int(n), in.data.get(), out.data.get(), FFTW_ESTIMATE);
    }
    std::copy(x.begin(), x.end(), in.data.get());
    fftw_execute(plan);
    ComplexVector result(half);
    for (std::size_t k = 0; k < half; ++k) result[k] = {out.data.get()[k][0], out.data.get()[k][1]};
    const std::scoped_lock lock(planning);
    fftw_destroy_plan(plan);
    return result;
}

Vector irfft(std::span<const Complex> spectrum, std::int64_t N) {
    if (N < 1 || std::int64_t(spectrum.size()) != N / 2 + 1)
        throw Error("inverse transform: " + std::to_string(N) + " numbers asked of " + std::to_string(spectrum.size()) +
                    " coefficients");
    const Room<fftw_complex> in(spectrum.size());
    const Room<double> out{std::size_t(N)};
    fftw_plan plan = nullptr;
    {
        const std::scoped_lock lock(planning);
        plan = fftw_plan_dft_c2r_1d(int(N), in.data.get(), out.data.get(), FFTW_ESTIMATE);
    }
    for (std::size_t k = 0; k < spectrum.size(); ++k)
        in.data.get()[k][0] = spectrum[k].real(), in.data.get()[k][1] = spectrum[k].imag();
    fftw_execute(plan);
    Vector result(out.data.get(), out.data.get() + N);
    for (double& v : result) v /= double(N);
    const std::scoped_lock lock(planning);
    fftw_destroy_plan(plan);
    return result;
}

std::int64_t fastSize(std::int64_t n) {
    for (std::int64_t size = std::max<std::int64_t>(n, 1);; ++size) {
        std::int64_t rest = size;
        for (const std::int64_t prime : {2, 3, 5, 7})
            while (rest % prime == 0) rest /= prime;
        if (rest == 1) return size;
    }
}

Vector convolveDirect(std::span<const double> kernel, std::span<const double> u) {
    Vector y(u.size());
    for (std::size_t k = 0; k < u.size(); ++k)
        for (std::size_t l = 0; l <= k && l < kernel.size(); ++l) y[k] += kernel[l] * u[k - l];
    return y;
}

Vector convolve(std::span<const double> kernel, std::span<const double> u, Padding padding) {
    const std::size_t L = u.size(), taps = std::min(kernel.size(), L);
    if (L == 0 || taps == 0) return Vector(L);
    const std::size_t size = padding == Padding::none ? L : std::size_t(fastSize(std::int64_t(L + taps - 1)));
    Vector a(size), b(size);
    std::copy_n(kernel.begin(), taps, a.begin());
    std::copy(u.begin(), u.end(), b.begin());
    ComplexVector x = rfft(a);
    const ComplexVector y = rfft(b);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] *= y[i];
    Vector result = irfft(x, std::int64_t(size));
    result.resize(L);
    return result;
}

tensor::Tensor convolve(tensor::Context& context, const tensor::Tensor& kernel, const tensor::Tensor& u, Padding padding) {
    using namespace tensor;
    const std::int64_t L = u.shape().at(-1), taps = kernel.shape().at(-1);
    if (taps > L)
        throw Error("convolution: a kernel of " + std::to_string(taps) + " on a signal of " + std::to_string(L) + " samples");
    const std::int64_t size = padding == Padding::none ? L : fastSize(L + taps - 1);
    const bool alike = kernel.shape().with(-1, L) == u.shape() && kernel.type() == DType::f32 && u.type() == DType::f32;
    if (context.hostProducts() && !context.tape && alike && u.count() > 0) return onHost(context, kernel, u, size);
    const Tensor spectrum = rfft(context, pad(context, kernel, -1, 0, size - taps));
    const Tensor signal = rfft(context, pad(context, u, -1, 0, size - L));
    return slice(context, irfft(context, complexProduct(context, spectrum, signal), size), -1, 0, L);
}

} // namespace orrery::statespace
