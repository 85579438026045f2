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

double once(const std::function<void()>& work, int rounds) {
    const Clock::time_point start = Clock::now();
    for (int i = 0; i < rounds; ++i) work();
    return std::chrono::duration<double>(Clock::now() - start).count() / rounds;
}

std::string words(const char* format, double value) {
    char text[128];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

/// A share of what a hidden layer's product reaches where the host's library does them, else of multiply-adds. Both by turns,
/// so that what else the machine does falls on both, and the quickest of each.
Figure share(gpu::Device& device, const std::string& name, double flops, const std::function<void()>& work, std::int64_t rows,
             std::int64_t width) {
    const bool host = contextOn(device)->hostProducts();
    std::vector<float> a(std::size_t(rows * width), 0.5F), b(std::size_t(width * width), 0.5F), c(a.size());
    const auto product = [&] { tensor::host::multiply({rows, width, width, false, true, a.data(), b.data(), c.data()}); };
    work();
    double mine = 1e9, theirs = 1e9;
    for (int run = 0; run < 9; ++run) {
        mine = std::min(mine, once(work, 5));
        if (host) theirs = std::min(theirs, once(product, 20));
    }
    const double rate = 1e-9 * flops / mine;
    const double limit = host ? 2e-9 * double(rows * width * width) / theirs : bench::fmaGflops(device);
    const char* why = host ? "%.4g GFLOP/s: a hidden layer's product by OpenBLAS" : "%.4g GFLOP/s: multiply-add";
    return {name, rate, "GFLOP/s", words(why, limit), rate / limit};
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
    const auto work = [&] {
        model.outputs(places, 0, rows, 0.7, 0.7);
        model.submit();
        device.waitIdle();
    };
    return share(device, "score network 3 x 128, evaluated", model.net().flopsPerPlace() * rows, work, rows,
                 model.net().shape().width);
}

/// Three times an evaluation's work a step: forward, and back to weights and to activations.
Figure trainingStep(gpu::Device& device, tensor::Context& context) {
    const Learned::Problem problem = moons();
    ScoreTraining training(context, problem.data, problem.schedule, problem.options);
    const int batch = problem.options.batch;
    const double flops = 3 * training.net().flopsPerPlace() * batch;
    return share(
        device, "score network 3 x 128, trained", flops, [&] { training.step(); }, batch, problem.options.shape.width);
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
