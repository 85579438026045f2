// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/bench.h"

#include "engine/bench/ceilings.h"
#include "engine/philox.h"
#include "engine/tensor/host_math.h"
#include "engine/tensor/ops/cast.h"
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

using Work = std::function<void()>;

/// Of one of so many rounds; `finish` waits for what they have recorded.
double seconds(const Work& work, const Work& finish, int rounds) {
    const Clock::time_point start = Clock::now();
    for (int i = 0; i < rounds; ++i) work();
    finish();
    return std::chrono::duration<double>(Clock::now() - start).count() / rounds;
}

int roundsFor(const Work& work, const Work& finish) {
    seconds(work, finish, 1); // pipelines, buffers, pages
    return std::clamp(int(enoughSeconds / std::max(seconds(work, finish, 2), 1e-6)), 1, 1000);
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

double medianSeconds(Context& context, const Case& row, std::span<const Tensor> inputs) {
    const Work work = [&] { const Tensor result = row.run(context, inputs); }, finish = [&] { context.finish(); };
    const int rounds = roundsFor(work, finish);
    std::vector<double> times;
    for (int i = 0; i < runs; ++i) times.push_back(seconds(work, finish, rounds));
    return median(times);
}

/// Ours and BLAS alone, by turns, so that what else the machine does falls on both.
Figure productOnHost(Context& context, const Case& row, std::span<const Tensor> inputs) {
    const std::int64_t n = inputs[0].shape()[0];
    std::vector<float> a(std::size_t(n * n), 0.5F), b = a, c = a;
    const Work ours = [&] { const Tensor result = row.run(context, inputs); }, finish = [&] { context.finish(); };
    const Work direct = [&] { host::multiply({n, n, n, false, false, a.data(), b.data(), c.data()}); };
    const int rounds = roundsFor(ours, finish);
    direct();
    std::vector<double> mine, theirs;
    for (int i = 0; i < runs; ++i) {
        mine.push_back(seconds(ours, finish, rounds));
        theirs.push_back(seconds(
            direct, [] {}, rounds));
    }
    const double rate = row.flops / median(mine) * 1e-9, limit = row.flops / median(theirs) * 1e-9;
    return {row.name, rate, "GFLOP/s", words("%.4g GFLOP/s: OpenBLAS called directly", limit), rate / limit};
}

/// Against the copy bandwidth, or against multiply-add where the work on what is read takes longer than reading it.
Figure traffic(Context& context, const Case& row, std::span<const Tensor> inputs) {
    const double seconds = medianSeconds(context, row, inputs);
    const double bytes = bench::copyBandwidth(context.device()), flops = bench::fmaGflops(context.device());
    if (row.flops / flops > row.bytes / bytes)
        return {row.name, row.flops / seconds * 1e-9, "GFLOP/s", words("%.4g GFLOP/s: multiply-add", flops),
                row.flops / seconds * 1e-9 / flops};
    return {row.name, row.bytes / seconds * 1e-9, "GB/s", words("%.4g GB/s: copying", bytes), row.bytes / seconds * 1e-9 / bytes};
}

/// Of an op that computes much on what it reads. With f16 inputs: against the matrix units, where there are some.
Figure arithmetic(Context& context, const Case& row, std::span<const Tensor> inputs) {
    const double rate = row.flops / medianSeconds(context, row, inputs) * 1e-9;
    const bool units = row.benchHalves && context.device().info().cooperativeMatrix;
    const double limit = units ? bench::matrixGflops(context.device()) : bench::fmaGflops(context.device());
    return {row.name, rate, "GFLOP/s", words("%.4g GFLOP/s: ", limit) + (units ? "matrix units, f16" : "multiply-add"),
            rate / limit};
}

} // namespace

std::vector<Figure> benchTensor(gpu::Device& device) {
    std::vector<Figure> figures;
    for (const Op& op : ops()) {
        if (!op.benches) continue;
        const std::string name = op.name;
        for (const Case& row : op.benches(device.isCpu() ? 1 : 16)) {
            Context context(device);
            std::vector<Tensor> inputs;
            for (const Input& input : row.inputs) {
                inputs.push_back(inputOf(context, input, std::uint32_t(inputs.size())));
                if (row.benchHalves && inputs.back().type() == DType::f32)
                    inputs.back() = cast(context, inputs.back(), DType::f16);
            }
            context.finish();
            const bool computes = name == "matmul" || name == "attention";
            const bool host = name == "matmul" && context.hostProducts();
            figures.push_back((host ? productOnHost : computes ? arithmetic : traffic)(context, row, inputs));
        }
    }
    return figures;
}

} // namespace orrery::tensor
