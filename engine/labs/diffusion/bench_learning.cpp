// SPDX-License-Identifier: GPL-3.0-or-later
// How fast a score is learned, and evaluated once it is.
#include "engine/bench/ceilings.h"
#include "engine/labs/diffusion/bench.h"
#include "engine/labs/diffusion/datasets.h"
#include "engine/labs/diffusion/learned.h"
#include "engine/tensor/host_math.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace orrery::diffusion {

namespace {

using bench::Figure;
using Clock = std::chrono::steady_clock;

constexpr double allowedGap = 0.05, allowedSeconds = 15;
constexpr int mostSteps = 20000;

double seconds(const std::function<void()>& work, int rounds) {
    work(); // pipelines, buffers
    std::vector<double> times;
    for (int run = 0; run < 5; ++run) {
        const Clock::time_point start = Clock::now();
        for (int i = 0; i < rounds; ++i) work();
        times.push_back(std::chrono::duration<double>(Clock::now() - start).count() / rounds);
    }
    std::ranges::nth_element(times, times.begin() + 2);
    return times[2];
}

std::string words(const char* format, double value) {
    char text[128];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

struct Limit {
    double gflops;
    std::string why;
};

/// What a hidden layer's product can reach: that of the host's library where it does them, else multiply-adds.
Limit limitOf(gpu::Device& device, std::uint32_t rows, int width) {
    if (!tensor::Context(device).hostProducts()) {
        const double fma = bench::fmaGflops(device);
        return {fma, words("%.4g GFLOP/s: multiply-add", fma)};
    }
    const std::int64_t w = width;
    std::vector<float> a(std::size_t(rows * w), 0.5F), b(std::size_t(w * w), 0.5F), c(a.size());
    const double time = seconds(
        [&] {
            tensor::host::multiply({std::int64_t(rows), w, w, false, true, a.data(), b.data(), c.data()});
        },
        20);
    const double rate = 2e-9 * double(rows) * double(w * w) / time;
    return {rate, words("%.4g GFLOP/s: the product of a hidden layer by OpenBLAS", rate)};
}

Learned::Problem moons() {
    Mixture law = mixture(shapeLaw("moons"));
    law.standardise();
    return {std::make_shared<const Mixture>(std::move(law)), {}, {}, {}, true, mostSteps};
}

Figure evaluation(gpu::Device& device, Learned& learned) {
    ScoreModel& model = learned.live();
    const std::uint32_t rows = model.rows();
    const gpu::Buffer places = device.buffer({.name = "bench", .size = rows * 8ull});
    model.recorder().fill(places, 0);
    const int rounds = device.isCpu() ? 16 : 64;
    const double time = seconds(
                            [&] {
                                for (int i = 0; i < rounds; ++i) model.outputs(places, 0, rows, 0.7, 0.7);
                                model.submit();
                                device.waitIdle();
                            },
                            1) /
                        rounds;
    const double rate = 1e-9 * model.net().flopsPerPlace() * rows / time;
    const Limit limit = limitOf(device, rows, model.net().shape().width);
    return {"score network 3 x 128, evaluated", rate, "GFLOP/s", limit.why, rate / limit.gflops};
}

/// Three times an evaluation's work a step: forward, and back to weights and to activations.
Figure trainingStep(gpu::Device& device, tensor::Context& context) {
    const Learned::Problem problem = moons();
    ScoreTraining training(context, problem.data, problem.schedule, problem.options);
    const double time = seconds([&] { training.step(); }, 10);
    const int batch = problem.options.batch;
    const double rate = 3e-9 * training.net().flopsPerPlace() * batch / time;
    const Limit limit = limitOf(device, std::uint32_t(batch), problem.options.shape.width);
    return {"score network 3 x 128, trained", rate, "GFLOP/s", limit.why, rate / limit.gflops};
}

/// From random weights, the floor's own computation included.
Figure untilNearTheFloor(gpu::Device& device, const std::shared_ptr<const Kernels>& kernels) {
    Learned learned(device, kernels);
    const Clock::time_point start = Clock::now();
    learned.set(moons());
    while (!learned.done() && !(learned.gap() < allowedGap)) learned.slice(30);
    const double took = std::chrono::duration<double>(Clock::now() - start).count();
    return {"two moons learned to 5 % above the floor", took, "s",
            words("15 s, the most it may take; it took %.0f steps", learned.steps()), took / allowedSeconds};
}

} // namespace

std::vector<Figure> benchLearning(gpu::Device& device) {
    const auto kernels = std::make_shared<const Kernels>(device);
    const auto context = contextOn(device);
    std::vector<Figure> figures;
    {
        Learned learned(device, kernels);
        learned.set(moons());
        figures.push_back(evaluation(device, learned));
    }
    figures.push_back(trainingStep(device, *context));
    figures.push_back(untilNearTheFloor(device, kernels));
    return figures;
}

} // namespace orrery::diffusion
