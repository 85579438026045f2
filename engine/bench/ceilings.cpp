// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/bench/ceilings.h"

#include "engine/error.h"

#include <algorithm>
#include <chrono>
#include <map>

namespace orrery::bench {

namespace {

using gpu::Access;
using gpu::Element;

constexpr double enoughSeconds = 0.06; ///< of work in a submission, so that the submission itself does not count
constexpr std::uint32_t mostRounds = 1u << 24;

/// Invocations that fill the device: every lane of a large GPU many times over, and still short on two CPU cores.
std::uint32_t fullGroups(const gpu::Device& device) { return device.isCpu() ? 256 : 65535; }

/// Seconds of each of `runs` submissions, after one that is not counted (it makes the pipeline).
std::vector<double> timed(gpu::Device& device, const std::function<void(gpu::Recorder&)>& record, int runs) {
    using Clock = std::chrono::steady_clock;
    std::vector<double> seconds;
    for (int run = -1; run < runs; ++run) {
        gpu::Recorder recorder = device.record("bench");
        record(recorder);
        const auto start = Clock::now();
        device.wait(device.submit(std::move(recorder)));
        if (run >= 0) seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
    }
    if (seconds.empty()) throw Error("a measurement needs at least one run");
    return seconds;
}

/// Seconds per round of `record`, with as many rounds as make a submission long enough to measure. The best of some
/// runs: this is a ceiling, and what else the machine does at the time can only lower it.
double secondsPerRound(gpu::Device& device, const std::function<void(gpu::Recorder&, std::uint32_t rounds)>& record) {
    std::uint32_t rounds = 1;
    const auto best = [&](int runs) {
        const auto all = timed(
            device, [&](gpu::Recorder& recorder) { record(recorder, rounds); }, runs);
        return *std::min_element(all.begin(), all.end());
    };
    double seconds = best(1);
    while (seconds < enoughSeconds && rounds < mostRounds) {
        const double factor = std::clamp(1.3 * enoughSeconds / std::max(seconds, 1e-6), 2.0, 16.0);
        rounds = std::uint32_t(std::min(double(mostRounds), rounds * factor));
        seconds = best(1);
    }
    return best(9) / rounds;
}

gpu::Buffer scratch(gpu::Device& device, std::uint64_t bytes) { return device.buffer({.name = "bench", .size = bytes}); }

double measureFma(gpu::Device& device) {
    struct Push {
        std::uint32_t rounds;
        float factor, term;
    };
    const gpu::Kernel kernel(
        device, {.name = "bench/fma", .bindings = {{"sums", Access::write, Element::f32}}, .pushBytes = sizeof(Push)});
    const std::uint32_t groups = fullGroups(device), steps = 8 * 32;
    const double invocations = double(groups) * kernel.options().local[0];
    const gpu::Buffer sums = scratch(device, std::uint64_t(invocations) * 4);
    const double seconds = secondsPerRound(device, [&](gpu::Recorder& recorder, std::uint32_t rounds) {
        recorder.dispatch(kernel, {sums}, Push{rounds, 0.999F, 0.001F}, {groups, 1, 1});
    });
    return 2.0 * steps * invocations / seconds * 1e-9;
}

double measureMatrix(gpu::Device& device) {
    if (!device.info().cooperativeMatrix) return 0;
    struct Push {
        std::uint32_t rounds;
        float factor;
    };
    const gpu::Kernel kernel(device, {.name = "bench/matrix",
                                      .bindings = {{"sums", Access::readWrite, Element::f32}},
                                      .pushBytes = sizeof(Push),
                                      .local = {128, 1, 1}});
    const std::uint32_t groups = 4096, subgroups = groups * 128 / 32;
    const gpu::Buffer sums = scratch(device, std::uint64_t(subgroups) * 8 * 16 * 16 * 4);
    const double seconds = secondsPerRound(device, [&](gpu::Recorder& recorder, std::uint32_t rounds) {
        recorder.dispatch(kernel, {sums}, Push{rounds, 0.5F}, {groups, 1, 1});
    });
    return 2.0 * 16 * 16 * 16 * 32 * subgroups / seconds * 1e-9;
}

double measureExp2(gpu::Device& device) {
    const gpu::Kernel kernel(
        device, {.name = "bench/exp2", .bindings = {{"sums", Access::write, Element::f32}}, .pushBytes = sizeof(std::uint32_t)});
    const std::uint32_t groups = fullGroups(device), steps = 4 * 16;
    const double invocations = double(groups) * kernel.options().local[0];
    const gpu::Buffer sums = scratch(device, std::uint64_t(invocations) * 4);
    const double seconds = secondsPerRound(device, [&](gpu::Recorder& recorder, std::uint32_t rounds) {
        recorder.dispatch(kernel, {sums}, rounds, {groups, 1, 1});
    });
    return steps * invocations / seconds * 1e-9;
}

double measureReads(gpu::Device& device) {
    struct Push {
        std::uint32_t rounds, mask;
    };
    const gpu::Kernel kernel(device, {.name = "bench/read",
                                      .bindings = {{"table", Access::read, Element::vec4}, {"sums", Access::write, Element::f32}},
                                      .pushBytes = sizeof(Push)});
    const std::uint32_t groups = fullGroups(device) / 4, entries = 256;
    const double invocations = double(groups) * kernel.options().local[0];
    const gpu::Buffer table = scratch(device, entries * 16), sums = scratch(device, std::uint64_t(invocations) * 4);
    const double seconds = secondsPerRound(device, [&](gpu::Recorder& recorder, std::uint32_t rounds) {
        recorder.fill(table, 0);
        recorder.dispatch(kernel, {table, sums}, Push{rounds, entries - 1}, {groups, 1, 1});
    });
    return entries * invocations / seconds * 1e-9;
}

double measureCopy(gpu::Device& device) {
    const gpu::Kernel kernel(device, {.name = "bench/copy",
                                      .bindings = {{"from", Access::read, Element::vec4}, {"to", Access::write, Element::vec4}},
                                      .pushBytes = sizeof(std::uint32_t)});
    const auto& limits = device.info().limits;
    std::uint64_t items = device.isCpu() ? 1u << 22 : 1u << 24; // 64 MiB each way, or 256: beyond the caches
    items = std::min({items, std::uint64_t(limits.maxStorageBufferRange) / 16});
    if (device.readPath() == gpu::ReadPath::texel) items = std::min<std::uint64_t>(items, limits.maxTexelBufferElements);
    const gpu::Buffer from = scratch(device, items * 16), to = scratch(device, items * 16);
    const std::uint32_t groups = std::min(kernel.groups(items), device.isCpu() ? 256U : 16384U);
    device.wait([&] {
        gpu::Recorder recorder = device.record("bench");
        recorder.fill(from, 0x3f800000); // pages that were never written may all be one page of zeros
        recorder.fill(to, 0);
        return device.submit(std::move(recorder));
    }());
    const double seconds = secondsPerRound(device, [&](gpu::Recorder& recorder, std::uint32_t rounds) {
        for (std::uint32_t i = 0; i < rounds; ++i) recorder.dispatch(kernel, {from, to}, std::uint32_t(items), {groups, 1, 1});
    });
    return 32 * double(items) / seconds * 1e-9;
}

double measureAtomics(gpu::Device& device) {
    struct Push {
        std::uint32_t rounds, mask;
    };
    const gpu::Kernel kernel(
        device, {.name = "bench/atomic", .bindings = {{"sums", Access::readWrite, Element::u32}}, .pushBytes = sizeof(Push)});
    const std::uint32_t groups = device.isCpu() ? 64 : 4096, places = 1u << 20;
    const double invocations = double(groups) * kernel.options().local[0];
    const gpu::Buffer sums = scratch(device, std::uint64_t(places) * 16);
    const double seconds = secondsPerRound(device, [&](gpu::Recorder& recorder, std::uint32_t rounds) {
        recorder.dispatch(kernel, {sums}, Push{rounds, places - 1}, {groups, 1, 1});
    });
    return 4 * invocations / seconds * 1e-9;
}

/// Measured once per device and read path in a run of the program.
double kept(gpu::Device& device, const char* what, double (*measure)(gpu::Device&)) {
    static std::map<std::string, double> known;
    const std::string key = std::string(what) + "|" + device.info().name + "|" + std::to_string(int(device.readPath()));
    const auto found = known.find(key);
    return found != known.end() ? found->second : known[key] = measure(device);
}

} // namespace

double medianSeconds(gpu::Device& device, const std::function<void(gpu::Recorder&)>& record, int runs) {
    std::vector<double> seconds = timed(device, record, runs);
    const auto middle = seconds.begin() + std::ptrdiff_t(seconds.size() / 2);
    std::nth_element(seconds.begin(), middle, seconds.end());
    return *middle;
}

double fmaGflops(gpu::Device& device) { return kept(device, "fma", measureFma); }
double matrixGflops(gpu::Device& device) { return kept(device, "matrix", measureMatrix); }
double exp2Rate(gpu::Device& device) { return kept(device, "exp2", measureExp2); }
double copyBandwidth(gpu::Device& device) { return kept(device, "copy", measureCopy); }
double readRate(gpu::Device& device) { return kept(device, "read", measureReads); }
double atomicRate(gpu::Device& device) { return kept(device, "atomic", measureAtomics); }

std::vector<Figure> benchCeilings(gpu::Device& device) {
    std::vector<Figure> figures = {{"multiply-add f32", fmaGflops(device), "GFLOP/s", {}, 0},
                                   {"exp2 f32", exp2Rate(device), "G/s", {}, 0},
                                   {"read vec4 from cache", readRate(device), "G/s", {}, 0},
                                   {"copy through memory", copyBandwidth(device), "GB/s", {}, 0},
                                   {"atomic additions over 16 MiB", atomicRate(device), "G/s", {}, 0}};
    if (const double rate = matrixGflops(device); rate > 0)
        figures.push_back({"matrix multiply-add f16, summed in f32", rate, "GFLOP/s", {}, 0});
    return figures;
}

} // namespace orrery::bench
