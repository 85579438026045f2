// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/fft.h"

#include "engine/error.h"
#include "engine/tensor/host_fft.h"
#include "engine/tensor/ops/cast.h"
#include "engine/tensor/ops/elementwise.h"
#include "engine/tensor/ops/layout.h"
#include "engine/tensor/tape.h"

#include <cmath>
#include <numbers>

namespace orrery::tensor {

namespace {

using gpu::Access, gpu::Element;

constexpr std::int64_t largeForHost = 1 << 14; ///< numbers from which FFTW is faster even when the device is waited for
constexpr std::int64_t mostShared = 1024;      ///< of the workgroup's kernel

const std::vector<gpu::Binding> pairBindings = {
    {"x", Access::read, Element::vec2}, {"factors", Access::read, Element::vec2}, {"y", Access::write}};

/// Radices whose product is the size, large ones first; empty when it has other prime factors than 2, 3, 5 and 7.
std::vector<std::uint32_t> radicesOf(std::int64_t size) {
    std::vector<std::uint32_t> radices;
    int twos = 0;
    for (; size % 2 == 0; size /= 2) ++twos;
    for (; twos >= 5 || twos == 3; twos -= 3) radices.push_back(8);
    for (; twos >= 2; twos -= 2) radices.push_back(4);
    if (twos == 1) radices.push_back(2);
    for (const std::uint32_t prime : {7u, 5u, 3u})
        for (; size % prime == 0; size /= prime) radices.push_back(prime);
    if (size != 1) radices.clear();
    return radices;
}

/// A row of complex numbers, made once for each context.
Tensor kept(Context& context, const std::string& name, std::int64_t size,
            const std::function<std::array<double, 2>(std::int64_t)>& value) {
    Tensor& table = context.kept[name + " " + std::to_string(size)];
    if (!table) {
        std::vector<float> values;
        for (std::int64_t k = 0; k < size; ++k)
            for (const double part : value(k)) values.push_back(float(part));
        table = context.upload({size, 2}, std::span<const float>(values));
    }
    return table;
}

/// e^(-2 pi i k / n)
std::array<double, 2> turn(std::int64_t k, std::int64_t n) {
    const double angle = -2 * std::numbers::pi * double(k % n) / double(n);
    return {std::cos(angle), std::sin(angle)};
}
Tensor turnsOf(Context& context, std::int64_t size) {
    return kept(context, "fft turns", size, [size](std::int64_t k) { return turn(k, size); });
}

/// What is to be done with rows of `size` complex numbers.
struct Job {
    std::int64_t rows = 0, size = 0;
    bool inverse = false;
    float scale = 1;
    FftKernel kernel = FftKernel::automatic;
};

Tensor byWorkgroups(Context& context, const Tensor& x, const Job& job, const std::vector<std::uint32_t>& radices) {
    const Tensor y = context.empty(x.shape());
    struct {
        std::uint32_t rows, N, together, radices;
        float scale;
    } push{std::uint32_t(job.rows), std::uint32_t(job.size), std::uint32_t(std::max<std::int64_t>(1, 512 / job.size)), 0,
           job.scale};
    for (std::size_t i = 0; i < radices.size(); ++i) push.radices |= radices[i] << 4 * i;
    context.run({.kernel = "tensor/fft_shared",
                 .tensors = {x, turnsOf(context, job.size), y},
                 .bindings = pairBindings,
                 .constants = {job.inverse, job.inverse},
                 .local = {128, 1, 1},
                 .groups = grid((push.rows + push.together - 1) / push.together, 1)},
                push);
    return y;
}

Tensor byPasses(Context& context, Tensor x, const Job& job, const std::vector<std::uint32_t>& radices) {
    std::int64_t done = 1;
    for (const std::uint32_t radix : radices) {
        const bool first = done == 1, last = done * radix == job.size;
        const Tensor y = context.empty(x.shape());
        struct {
            std::uint32_t count, N, done;
            float scale;
        } const push{std::uint32_t(job.rows * job.size / radix), std::uint32_t(job.size), std::uint32_t(done),
                     last ? job.scale : 1};
        context.run({.kernel = "tensor/fft",
                     .tensors = {x, turnsOf(context, job.size), y},
                     .bindings = pairBindings,
                     .constants = {radix, job.inverse && first, job.inverse && last},
                     .groups = grid(push.count, 64)},
                    push);
        x = y, done *= radix;
    }
    return x;
}

Tensor transform(Context& context, const Tensor& x, const Job& job);

/// Rows of `from` numbers times factors, as rows of `to`.
Tensor times(Context& context, const Tensor& x, const Tensor& factors, const Job& job, std::int64_t to, bool swapIn, bool swapOut,
             float scale) {
    const Tensor y = context.empty({job.rows, to, 2});
    struct {
        std::uint32_t rows, from, to;
        float scale;
    } const push{std::uint32_t(job.rows), std::uint32_t(x.shape()[1]), std::uint32_t(to), scale};
    context.run({.kernel = "tensor/fft_times",
                 .tensors = {x, factors, y},
                 .bindings = pairBindings,
                 .constants = {swapIn, swapOut},
                 .groups = grid(std::uint64_t(job.rows * to), 64)},
                push);
    return y;
}

/// k n = (k^2 + n^2 - (k - n)^2) / 2 makes the transform a convolution with a chirp, done by transforms of a power of two.
Tensor byChirp(Context& context, const Tensor& x, const Job& job) {
    const std::int64_t n = job.size;
    std::int64_t wide = 1;
    while (wide < 2 * n - 1) wide *= 2;
    const auto chirp = [n](std::int64_t k) { return turn(k * k % (2 * n), 2 * n); }; // e^(-pi i k^2 / n)
    const Tensor forth = kept(context, "fft chirp", n, chirp);
    const std::string name = "fft chirp's spectrum " + std::to_string(n);
    const Job one{.rows = 1, .size = wide, .kernel = job.kernel};
    if (!context.kept[name]) {
        std::vector<float> values(std::size_t(2 * wide), 0.0f);
        for (std::int64_t k = 0; k < n; ++k)
            for (const std::int64_t at : {k, (wide - k) % wide}) {
                values[std::size_t(2 * at)] = float(chirp(k)[0]);
                values[std::size_t(2 * at + 1)] = float(-chirp(k)[1]);
            }
        context.kept[name] = transform(context, context.upload({1, wide, 2}, std::span<const float>(values)), one);
    }
    const Tensor spectrum = context.kept[name];
    Job there{.rows = job.rows, .size = wide, .kernel = job.kernel}, back = there;
    back.inverse = true, back.scale = float(1 / double(wide));
    Tensor y = times(context, x, forth, job, wide, job.inverse, false, 1);
    y = times(context, transform(context, y, there), spectrum, job, wide, false, false, 1);
    y = transform(context, y, back);
    // Cut to n first: the factors reach no further.
    y = slice(context, y, 1, 0, n);
    return times(context, y, forth, job, n, false, job.inverse, job.scale);
}

/// On a CPU device, when asked for or large.
bool forHost(const Context& context, const Job& job) {
    if (!context.hostProducts() || job.kernel != FftKernel::automatic) return false;
    return context.products() == Products::host || job.rows * job.size >= largeForHost;
}

Tensor onHost(Context& context, host::Transform what, const Tensor& x, const Job& job, const Shape& shape) {
    const Tensor y = context.empty(shape);
    context.onHost([&] {
        host::run({.what = what,
                   .size = job.size,
                   .rows = job.rows,
                   .in = static_cast<float*>(context.hostData(x)),
                   .out = static_cast<float*>(context.hostData(y)),
                   .scale = job.scale});
    });
    return y;
}

/// x of [rows, size, 2]
Tensor transform(Context& context, const Tensor& x, const Job& job) {
    if (x.count() == 0) return x;
    if (forHost(context, job))
        return onHost(context, job.inverse ? host::Transform::inverse : host::Transform::forward, x, job, x.shape());
    if (job.size == 1) return affine(context, x, job.scale);
    const std::vector<std::uint32_t> radices = radicesOf(job.size);
    if (radices.empty()) return byChirp(context, x, job);
    const bool shared = job.kernel == FftKernel::workgroup || (job.kernel == FftKernel::automatic && !context.device().isCpu());
    return shared && job.size <= mostShared ? byWorkgroups(context, x, job, radices) : byPasses(context, x, job, radices);
}

Tensor realKernel(Context& context, const Tensor& x, const Job& job, std::uint32_t way, std::int64_t across) {
    const Tensor y = context.empty({job.rows, across, 2});
    struct {
        std::uint32_t rows, N;
    } const push{std::uint32_t(job.rows), std::uint32_t(job.size)};
    context.run({.kernel = "tensor/fft_real",
                 .tensors = {x, turnsOf(context, job.size), y},
                 .bindings = pairBindings,
                 .constants = {way},
                 .groups = grid(std::uint64_t(y.count() / 2), 64)},
                push);
    return y;
}

/// x of [rows, size] to [rows, size / 2 + 1, 2]
Tensor fromReal(Context& context, const Tensor& x, const Job& job) {
    const std::int64_t half = job.size / 2 + 1;
    if (x.count() == 0) return context.empty({job.rows, half, 2});
    if (forHost(context, job)) return onHost(context, host::Transform::fromReal, x, job, {job.rows, half, 2});
    if (job.size % 2 == 1) {
        const Tensor pairs = pad(context, x.reshaped({job.rows, job.size, 1}), 2, 0, 1);
        return slice(context, transform(context, pairs, job), 1, 0, half);
    }
    Job folded = job;
    folded.size /= 2;
    return realKernel(context, transform(context, x.reshaped({job.rows, half - 1, 2}), folded), job, 0, half);
}

/// x of [rows, size / 2 + 1, 2] to [rows, size]; job.scale is that of a transform of `size`.
Tensor toReal(Context& context, const Tensor& x, const Job& job) {
    if (x.count() == 0) return context.empty({job.rows, job.size});
    if (forHost(context, job)) return onHost(context, host::Transform::toReal, x, job, {job.rows, job.size});
    Job back = job;
    back.inverse = true;
    if (job.size % 2 == 1) {
        const Tensor whole = transform(context, realKernel(context, x, job, 2, job.size), back);
        return slice(context, whole, 2, 0, 1).reshaped({job.rows, job.size});
    }
    back.size /= 2, back.scale *= 2; // the sum over half as many
    return transform(context, realKernel(context, x, job, 1, job.size / 2), back).reshaped({job.rows, job.size});
}

/// How often each coefficient of a real signal's half spectrum stands in the whole one: once or twice; or one over it.
Tensor timesCounted(Context& context, const Tensor& x, std::int64_t n, bool over) {
    const std::string name = "fft counts " + std::to_string(n) + (over ? " over" : "");
    const Tensor counts = kept(context, name, n / 2 + 1, [=](std::int64_t k) {
        const double count = k == 0 || 2 * k == n ? 1 : 2, factor = over ? 1 / count : count;
        return std::array{factor, factor};
    });
    return multiply(context, x, counts);
}

Tensor taken(Context& context, const char* name, const Tensor& x, bool pairs) {
    (void)widest(x.type(), x.type(), name);
    const Shape& shape = x.shape();
    const std::size_t axes = pairs ? 2 : 1;
    if (shape.rank() < axes || (pairs && shape.at(-1) != 2) || shape.at(-int(axes)) == 0)
        throw Error(std::string(name) + " takes " + (pairs ? "[..., N, 2]" : "[..., N]") + ", N at least 1; the shape is " +
                    shape.text());
    return cast(context, context.admit(name, x), DType::f32);
}

Shape withTail(const Shape& shape, std::size_t dropped, std::initializer_list<std::int64_t> tail) {
    std::vector<std::int64_t> sizes(shape.sizes().begin(), shape.sizes().end() - std::ptrdiff_t(dropped));
    sizes.insert(sizes.end(), tail);
    return Shape(sizes);
}

Tensor complexTransform(Context& context, const char* name, const Tensor& input, bool inverse, const FftOptions& options) {
    const Tensor x = taken(context, name, input, true);
    const Shape shape = x.shape();
    const std::int64_t n = shape.at(-2), rows = shape.product(0, shape.rank() - 2);
    const Job job{rows, n, inverse, inverse ? float(1 / double(n)) : 1, options.kernel};
    Tensor y;
    {
        const Unrecorded inside(context);
        y = transform(context, x.reshaped({rows, n, 2}), job).reshaped(shape);
    }
    if (tracked(context, {x}))
        context.tape->record(name, {x}, y, [&context, job, shape](const Tensor& dy) {
            Job back = job; // the adjoint: the other direction, the same scale
            back.inverse = !job.inverse;
            return std::vector<Tensor>{transform(context, dy.reshaped({job.rows, job.size, 2}), back).reshaped(shape)};
        });
    return y;
}

} // namespace

Tensor fft(Context& context, const Tensor& x, const FftOptions& options) {
    return complexTransform(context, "fft", x, false, options);
}
Tensor ifft(Context& context, const Tensor& x, const FftOptions& options) {
    return complexTransform(context, "ifft", x, true, options);
}

Tensor rfft(Context& context, const Tensor& input, const FftOptions& options) {
    const Tensor x = taken(context, "rfft", input, false);
    const Shape shape = x.shape();
    const std::int64_t n = shape.at(-1), rows = shape.product(0, shape.rank() - 1);
    const Job job{.rows = rows, .size = n, .kernel = options.kernel};
    Tensor y;
    {
        const Unrecorded inside(context);
        y = fromReal(context, x.reshaped({rows, n}), job).reshaped(withTail(shape, 1, {n / 2 + 1, 2}));
    }
    if (tracked(context, {x}))
        context.tape->record("rfft", {x}, y, [&context, job, shape](const Tensor& dy) {
            const Tensor half = dy.reshaped({job.rows, job.size / 2 + 1, 2});
            return std::vector<Tensor>{toReal(context, timesCounted(context, half, job.size, true), job).reshaped(shape)};
        });
    return y;
}

Tensor irfft(Context& context, const Tensor& input, std::int64_t n, const FftOptions& options) {
    const Tensor x = taken(context, "irfft", input, true);
    const Shape shape = x.shape();
    if (n < 1 || n / 2 + 1 != shape.at(-2))
        throw Error("irfft: " + std::to_string(n) + " numbers asked of the spectrum " + shape.text());
    const Job job{.rows = shape.product(0, shape.rank() - 2), .size = n, .scale = float(1 / double(n)), .kernel = options.kernel};
    Tensor y;
    {
        const Unrecorded inside(context);
        y = toReal(context, x.reshaped({job.rows, n / 2 + 1, 2}), job).reshaped(withTail(shape, 2, {n}));
    }
    if (tracked(context, {x}))
        context.tape->record("irfft", {x}, y, [&context, job, shape](const Tensor& dy) {
            const Tensor half = fromReal(context, dy.reshaped({job.rows, job.size}), job);
            return std::vector<Tensor>{timesCounted(context, half, job.size, false).reshaped(shape)};
        });
    return y;
}

} // namespace orrery::tensor
