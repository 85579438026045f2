// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/bench.h"

#include "engine/bench/ceilings.h"
#include "engine/philox.h"
#include "engine/tensor/host_math.h"
#include "engine/tensor/ops/op.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace orrery::tensor {

namespace {

using bench::Figure;
using Clock = std::chrono::steady_clock;

constexpr double enoughSeconds = 0.05; ///< of work between two looks at the clock
constexpr int runs = 7;

double seconds(const std::function<void()>& work, int rounds) {
    const Clock::time_point start = Clock::now();
    for (int i = 0; i < rounds; ++i) work();
    return std::chrono::duration<double>(Clock::now() - start).count() / rounds;
}

int roundsFor(const std::function<void()>& work) {
    work(); // pipelines, buffers, pages
    return std::clamp(int(enoughSeconds / std::max(seconds(work, 1), 1e-6)), 1, 1000);
}

double median(std::vector<double> values) {
    std::ranges::nth_element(values, values.begin() + std::ptrdiff_t(values.size() / 2));
    return values[values.size() / 2];
}

Tensor inputOf(Context& context, const Input& input, std::uint32_t stream) {
    std::vector<float> values(std::size_t(input.shape.count()));
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double u = unitOpen(philox(1, std::uint32_t(i), 0, stream)[0]);
        values[i] = float(input.fill == Fill::index      ? std::floor(u * double(input.below))
                          : input.fill == Fill::positive ? 0.5 + u
                          : input.fill == Fill::mask     ? std::floor(2 * u)
                                                         : 2 * u - 1);
    }
    if (input.fill != Fill::index) return context.upload(input.shape, std::span<const float>(values));
    const std::vector<std::int32_t> whole(values.begin(), values.end());
    return context.upload(input.shape, std::span<const std::int32_t>(whole));
}

std::string words(const char* format, double value) {
    char text[96];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

/// Ours and BLAS alone, by turns, so that what else the machine does falls on both.
Figure product(Context& context, const Case& row, std::span<const Tensor> inputs) {
    const auto ours = [&] {
        const Tensor keep = row.run(context, inputs);
        context.finish();
    };
    const std::int64_t n = inputs[0].shape()[0];
    const bool host = context.hostProducts();
    std::vector<float> a(host ? std::size_t(n * n) : 0, 0.5F), b = a, c = a;
    const auto direct = [&] { host::multiply({n, n, n, false, false, a.data(), b.data(), c.data()}); };
    const int rounds = roundsFor(ours);
    if (host) direct();
    std::vector<double> mine, theirs;
    for (int i = 0; i < runs; ++i) {
        mine.push_back(seconds(ours, rounds));
        if (host) theirs.push_back(seconds(direct, rounds));
    }
    const double rate = row.flops / median(mine) * 1e-9;
    const double limit = host ? row.flops / median(theirs) * 1e-9 : bench::fmaGflops(context.device());
    return {row.name, rate, "GFLOP/s", words("%.4g GFLOP/s: ", limit) + (host ? "OpenBLAS called directly" : "multiply-add"),
            rate / limit};
}

double medianSeconds(Context& context, const Case& row, std::span<const Tensor> inputs) {
    const auto work = [&] {
        const Tensor keep = row.run(context, inputs);
        context.finish();
    };
    const int rounds = roundsFor(work);
    std::vector<double> times;
    for (int i = 0; i < runs; ++i) times.push_back(seconds(work, rounds));
    return median(times);
}

Figure traffic(Context& context, const Case& row, std::span<const Tensor> inputs) {
    const double rate = row.bytes / medianSeconds(context, row, inputs) * 1e-9, limit = bench::copyBandwidth(context.device());
    return {row.name, rate, "GB/s", words("%.4g GB/s: copying", limit), rate / limit};
}

/// Of an op that computes much on what it reads.
Figure arithmetic(Context& context, const Case& row, std::span<const Tensor> inputs) {
    const double rate = row.flops / medianSeconds(context, row, inputs) * 1e-9, limit = bench::fmaGflops(context.device());
    return {row.name, rate, "GFLOP/s", words("%.4g GFLOP/s: multiply-add", limit), rate / limit};
}

} // namespace

std::vector<Figure> benchTensor(gpu::Device& device) {
    std::vector<Figure> figures;
    for (const Op& op : ops()) {
        if (!op.benches) continue;
        for (const Case& row : op.benches()) {
            Context context(device);
            std::vector<Tensor> inputs;
            for (const Input& input : row.inputs) inputs.push_back(inputOf(context, input, std::uint32_t(inputs.size())));
            context.finish();
            const bool products = std::string(op.name) == "matmul";
            const bool computes = std::string(op.name) == "attention";
            figures.push_back((products ? product : computes ? arithmetic : traffic)(context, row, inputs));
        }
    }
    return figures;
}

} // namespace orrery::tensor
