// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/search_bench.h"

#include "engine/bench/ceilings.h"
#include "engine/labs/embedding/neighbours_device.h"
#include "engine/labs/embedding/pca_device.h"
#include "engine/philox.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace orrery::embedding {

namespace {

double seconds(const std::function<void()>& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

Matrix clusters(std::int64_t n, std::int64_t D) {
    std::vector<float> values(std::size_t(n * D));
    for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t d = 0; d < D; ++d)
            values[std::size_t(i * D + d)] = float(1.5 * normalPair(philox(1, std::uint32_t(i % 20), std::uint32_t(d), 1))[0] +
                                                   normalPair(philox(1, std::uint32_t(i), std::uint32_t(d), 2))[0]);
    return Matrix(n, D, std::move(values));
}

std::string timesOfHost(double hostSeconds) {
    return "the same on the host, " + std::to_string(int(std::round(1e3 * hostSeconds))) + " ms (below 1: quicker)";
}

} // namespace

std::vector<bench::Figure> benchSearch(gpu::Device& device) {
    std::vector<bench::Figure> figures;
    OwnTurns turns;
    Progress progress;
    const double ceiling = bench::fmaGflops(device);
    const std::string ceilingText = "multiply-adds of f32, " + std::to_string(int(std::round(ceiling))) + " GFLOP/s";
    const std::int64_t n = device.isCpu() ? 1000 : 20000, k = 90; // all pairs by kernels are not what a CPU device is for
    const std::string size = std::to_string(n) + " x 50, k = 90";
    const Matrix m = clusters(n, 50);
    DeviceSearchReport report;
    exactNeighbours(device, turns, m, k, Metric::euclid, progress); // makes the pipelines
    const double there = seconds([&] { exactNeighbours(device, turns, m, k, Metric::euclid, progress, {}, &report); }),
                 here = seconds([&] { exactNeighbours(m, k, Metric::euclid, progress); });
    figures.push_back({"embedding all pairs on the device, " + size, report.flops / (1e6 * report.deviceMs), "GFLOP/s",
                       ceilingText, report.flops / (1e6 * report.deviceMs) / ceiling});
    figures.push_back(
        {"embedding neighbours by all pairs on the device, " + size, 1e3 * there, "ms", timesOfHost(here), there / here});
    DeviceSearchReport rounds;
    approximateNeighbours(device, turns, m, 15, Metric::euclid, 1, progress);
    const double found = seconds([&] { approximateNeighbours(device, turns, m, 15, Metric::euclid, 1, progress, {}, &rounds); }),
                 foundHere = seconds([&] { approximateNeighbours(m, 15, Metric::euclid, 1, progress); });
    figures.push_back({"embedding NN-descent on the device, " + std::to_string(n) + " x 50, k = 15", 1e3 * found, "ms",
                       timesOfHost(foundHere), found / foundHere});
    figures.push_back({"embedding longest slice of a search", std::max(report.longestMs, rounds.longestMs), "ms",
                       "30 ms that a frame may wait", std::max(report.longestMs, rounds.longestMs) / 30});
    const Matrix wide = clusters(20000, 300);
    const PcaOptions randomised{.components = 10, .way = PcaWay::randomised};
    double gflops = 0;
    const auto byDevice = [&] {
        DeviceProducts products(device, turns, progress);
        pca(wide, randomised, progress, &products);
        gflops = products.flops() / (1e6 * products.deviceMs());
    };
    byDevice();
    const double components = seconds(byDevice), componentsHere = seconds([&] { pca(wide, randomised, progress); });
    figures.push_back(
        {"embedding products of randomised components on the device", gflops, "GFLOP/s", ceilingText, gflops / ceiling});
    figures.push_back({"embedding randomised components on the device, 20000 x 300", 1e3 * components, "ms",
                       timesOfHost(componentsHere), components / componentsHere});
    return figures;
}

} // namespace orrery::embedding
