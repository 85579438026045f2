// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/diffusion/cost.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>

namespace orrery::diffusion {

namespace {

constexpr std::uint32_t particles = 16384;

double milliseconds(gpu::Device& device, const std::function<void(gpu::Recorder&)>& record) {
    using Clock = std::chrono::steady_clock;
    double least = 1e9;
    for (int run = 0; run < 4; ++run) { // the first one makes the pipeline
        gpu::Recorder recorder = device.record("diffusion cost");
        record(recorder);
        const Clock::time_point start = Clock::now();
        device.wait(device.submit(std::move(recorder)));
        if (run > 0) least = std::min(least, std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    }
    return least;
}

Cost measure(gpu::Device& device, const Kernels& kernels) {
    const gpu::Buffer from = device.buffer({.name = "cost", .size = particles * 8}),
                      to = device.buffer({.name = "cost", .size = particles * 8});
    constexpr std::uint32_t most = 8192;
    const gpu::Buffer table = device.buffer({.name = "cost", .size = most * 16});
    const double empty = milliseconds(device, [&](gpu::Recorder& recorder) {
        recorder.fill(from, 0);
        recorder.fill(table, 0);
    });

    const std::array<float, 7> forward{0, 0, 0, 0, 0, 1, 1};
    const double affine = milliseconds(device, [&](gpu::Recorder& recorder) {
        recorder.dispatch(kernels.forward, {from, to}, forward, {kernels.forward.groups(particles), 1, 1});
    });

    struct Push {
        std::uint32_t unused[7];
        std::uint32_t count;
        float coefficients[5];
    };
    Cost cost;
    for (std::uint32_t rows = 64;; rows = std::min(most, 4 * rows)) {
        const double pulled = milliseconds(device, [&](gpu::Recorder& recorder) {
            recorder.dispatch(kernels.sde, {table, from, to}, Push{{}, rows, {1, 0, 1, 1, 0}},
                              {kernels.sde.groups(particles / 4), 1, 1});
        });
        cost.perPair = std::max(pulled - affine, 0.05 * pulled) / (double(particles) * rows); // both draw noise
        if (pulled > affine + 1 || rows == most) break; // long enough to be told from the submission
    }
    cost.perParticle = std::max(affine - empty, 0.05 * affine) / particles;
    cost.perDispatch = device.isCpu() ? 0.03 : 0.006;
    return cost;
}

} // namespace

Cost costOn(gpu::Device& device, const Kernels& kernels) {
    static std::map<std::string, Cost> known;
    const std::string key = device.info().name + "|" + std::to_string(int(device.readPath()));
    const auto found = known.find(key);
    return found != known.end() ? found->second : known[key] = measure(device, kernels);
}

} // namespace orrery::diffusion
