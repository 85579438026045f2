// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/bench.h"

#include "engine/bench/ceilings.h"
#include "engine/labs/statespace/fourier.h"
#include "engine/labs/statespace/kernel.h"
#include "engine/labs/statespace/legs_device.h"
#include "engine/labs/statespace/selective.h"
#include "engine/labs/statespace/signals.h"
#include "engine/labs/statespace/timeline.h"
#include "engine/tensor/host_fft.h"
#include "engine/tensor/host_threads.h"

#include "engine/error.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>

namespace orrery::statespace {

namespace {

using bench::Figure;
using tensor::Tensor;

constexpr int runs = 5;

double secondsOf(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}
double median(std::vector<double> all) {
    std::sort(all.begin(), all.end());
    return all[all.size() / 2];
}
double medianSeconds(const std::function<void()>& work) {
    work();
    std::vector<double> all;
    for (int i = 0; i < runs; ++i) all.push_back(secondsOf(work));
    return median(all);
}
/// Both by turns, so that what else the machine does falls on both.
std::array<double, 2> medianSeconds(const std::function<void()>& ours, const std::function<void()>& theirs) {
    ours(), theirs();
    std::vector<double> a, b;
    for (int i = 0; i < runs; ++i) a.push_back(secondsOf(ours)), b.push_back(secondsOf(theirs));
    return {median(a), median(b)};
}

std::string words(const char* format, double value) {
    char text[160];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

/// A figure as a rate, with another's rate of the same work as its limit.
Figure against(const std::string& name, double work, const char* unit, std::array<double, 2> seconds, const std::string& whose) {
    const double rate = work / seconds[0], limit = work / seconds[1];
    return {name, rate, unit, words("%.4g ", limit) + unit + ": " + whose, rate / limit};
}

Tensor filled(tensor::Context& context, const tensor::Shape& shape, double low, double high) {
    std::vector<float> values(std::size_t(shape.count()));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = float(low + (high - low) * double(i * 2654435761u % 1009) / 1009);
    return context.upload(shape, std::span<const float>(values));
}

Figure scanFigure(gpu::Device& device) { // P1
    tensor::Context context(device);
    const std::int64_t L = device.isCpu() ? 1 << 23 : 1 << 26;
    const Tensor a = filled(context, {L}, 0.2, 0.99), b = filled(context, {L}, -1, 1);
    context.finish();
    const double seconds = medianSeconds([&] {
        const Tensor h = tensor::linearScan(context, a, b);
        context.finish();
    });
    const double rate = 12 * double(L) / seconds * 1e-9, limit = bench::copyBandwidth(device);
    return {"scan of one sequence in three dispatches, 12 bytes a step", rate, "GB/s", words("%.4g GB/s: copying", limit),
            rate / limit};
}

Figure selectiveFigure(gpu::Device& device) { // P2
    tensor::Context context(device);
    const std::int64_t batch = device.isCpu() ? 1 : 8, L = device.isCpu() ? 512 : 4096, D = 1024, N = 16;
    const Tensor delta = filled(context, {batch, L, D}, 0.001, 0.1), u = filled(context, {batch, L, D}, -1, 1);
    const Tensor A = filled(context, {D, N}, -16, -1), B = filled(context, {batch, L, N}, -1, 1),
                 C = filled(context, {batch, L, N}, -1, 1);
    const Tensor skip = filled(context, {D}, 1, 1);
    const double bytes = selectiveBytes(batch, L, D, N) * 1e-9;
    const auto ours = [&] {
        const Tensor y = selectiveScan(context, delta, u, A, B, C, skip);
        context.finish();
    };
    const std::string name = "selective scan, " + std::to_string(batch) + " x " + std::to_string(L) + " x 1024, 16 states";
    if (!device.isCpu()) {
        const double rate = bytes / medianSeconds(ours), limit = bench::copyBandwidth(device);
        return {name, rate, "GB/s", words("%.4g GB/s: copying", limit), rate / limit};
    }
    std::vector<std::vector<float>> in;
    for (const Tensor& t : {delta, u, A, B, C, skip}) in.push_back(context.read(t));
    std::vector<float> y(std::size_t(L * D));
    const auto loop = [&] {
        selectiveLoop(in[0].data(), in[1].data(), in[2].data(), in[3].data(), in[4].data(), in[5].data(), y.data(), L, D, N);
    };
    return against(name, bytes, "GB/s", medianSeconds(ours, loop), "a plain C++ loop on all cores");
}

std::vector<Figure> legsFigures(gpu::Device& device) { // P3, P4
    constexpr std::int64_t N = 256;
    std::vector<Figure> figures;
    const Signal u = noise(1, 0.5, 1, 40000, 1e-3);
    Vector x(N), z(N);
    const auto published = [&] { advancePublished(z, u.samples, 0); };
    const double samples = double(u.samples.size()) * 1e-6;
    figures.push_back(against("LegS, N = 256, one signal, one thread", samples, "M samples/s",
                              medianSeconds([&] { advance(LegsStep::bilinear, x, u.samples, 0); }, published),
                              "the published serial loop"));
    figures.push_back(against("LegS, N = 256, 8 signals, all cores", 8 * samples, "M samples/s",
                              medianSeconds(
                                  [&] {
                                      tensor::host::parallel(8, [&](std::int64_t, int) {
                                          Vector own(N);
                                          advance(LegsStep::bilinear, own, u.samples, 0);
                                      });
                                  },
                                  [&] {
                                      for (int i = 0; i < 8; ++i) published();
                                  }),
                              "the published serial loop"));
    tensor::Context context(device);
    const std::int64_t signals = device.isCpu() ? 64 : 1024, L = device.isCpu() ? 2000 : 20000;
    const Tensor many = filled(context, {signals, L}, -1, 1);
    context.finish();
    const Vector one(std::size_t(L), 0.5);
    const double work = double(signals * L) * 1e-6;
    auto seconds = medianSeconds(
        [&] {
            const Tensor states = legsStates(context, many, N, LegsStep::bilinear);
            context.finish();
        },
        [&] { advancePublished(z, one, 0); });
    seconds[1] *= double(signals);
    figures.push_back(against("LegS, N = 256, " + std::to_string(signals) + " signals on the device", work, "M samples/s",
                              seconds, "the published serial loop on one core"));
    return figures;
}

std::vector<Figure> kernelFigures(gpu::Device& device) { // P5
    std::vector<Figure> figures;
    constexpr std::int64_t N = 64, L = 16384;
    const System s = hippo(Method::legs, N);
    const Vector C(N, 0.5);
    const Dplr d = dplr(s, C, 1e-3, L);
    Vector sink;
    figures.push_back(against("S4 kernel, N = 64, L = 16384", double(L) * 1e-6, "M terms/s",
                              medianSeconds([&] { sink = kernelByDplr(d); }, [&] { sink = kernelByPlainCauchy(d); }),
                              "the plain Cauchy loop on all cores"));
    tensor::Context context(device);
    const std::int64_t rows = device.isCpu() ? 16 : 1024, size = fastSize(2 * L - 1);
    const Tensor kernel = filled(context, {rows, L}, -0.1, 0.1), u = filled(context, {rows, L}, -1, 1);
    context.finish();
    const auto ours = [&] {
        const Tensor y = convolve(context, kernel, u);
        context.finish();
    };
    // The peer: FFTW over arrays that are padded already.
    const std::size_t half = std::size_t(size / 2 + 1), all = std::size_t(rows);
    std::vector<float> a(all * std::size_t(size), 0.1F), b = a, x(2 * all * half), y = x;
    const auto fftw = [&] {
        tensor::host::run(
            {.what = tensor::host::Transform::fromReal, .size = size, .rows = rows, .in = a.data(), .out = x.data()});
        tensor::host::run(
            {.what = tensor::host::Transform::fromReal, .size = size, .rows = rows, .in = b.data(), .out = y.data()});
        for (std::size_t i = 0; i < all * half; ++i) {
            const float re = x[2 * i] * y[2 * i] - x[2 * i + 1] * y[2 * i + 1];
            x[2 * i + 1] = x[2 * i] * y[2 * i + 1] + x[2 * i + 1] * y[2 * i];
            x[2 * i] = re;
        }
        tensor::host::run({.what = tensor::host::Transform::toReal, .size = size, .rows = rows, .in = x.data(), .out = a.data()});
        std::fill(a.begin(), a.end(), 0.1F);
    };
    figures.push_back(against("FFT convolution of " + std::to_string(rows) + " signals of 16384", double(rows * L) * 1e-6,
                              "M samples/s", medianSeconds(ours, fftw), "FFTW on padded arrays, transforms and product"));
    return figures;
}

Figure scrubFigure() { // P7
    const std::int64_t L = 1'000'000;
    const Signal u = noise(1, 0.5, 1, L, 1e-4);
    Timeline line(hippo(Method::legsScaled, 256), {}, u.dt);
    line.append(u.samples);
    while (line.advance(1000) < L) {
    }
    constexpr int pixels = 1440;
    std::vector<double> seconds;
    for (int look = 0; look < 41; ++look) {
        const std::int64_t k = L / 7 + (std::int64_t(look) * 786433) % (6 * L / 7);
        double error = 0;
        seconds.push_back(secondsOf([&] {
            const double history = double(k) * u.dt;
            Vector ages;
            for (int i = 0; i < pixels; ++i) ages.push_back(history * (i + 0.5) / pixels);
            const Vector shown = line.reconstruction(k, ages);
            for (int i = 0; i < pixels; ++i) {
                const auto at = std::size_t(double(k) - ages[std::size_t(i)] / u.dt);
                error += std::pow(shown[std::size_t(i)] - u.samples[std::min(at, u.samples.size() - 1)], 2) / pixels;
            }
        }));
        if (!(error < 10)) throw Error("the bench's reconstruction is no memory");
    }
    const double rate = 1 / median(seconds);
    return {"scrubbing a million samples, N = 256: state, 1440 pixels, error", rate, "redraws/s", "20 redraws/s: one in 50 ms",
            rate / 20};
}

} // namespace

std::vector<Figure> benchStatespace(gpu::Device& device) {
    std::vector<Figure> figures{scanFigure(device), selectiveFigure(device)};
    for (auto* const part : {legsFigures, kernelFigures})
        for (Figure& figure : part(device)) figures.push_back(std::move(figure));
    figures.push_back(scrubFigure());
    return figures;
}

} // namespace orrery::statespace
