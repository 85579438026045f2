// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/bench_steps.h"

#include "engine/bench/ceilings.h"
#include "engine/labs/embedding/grid_kernel.h"
#include "engine/labs/embedding/tsne.h"
#include "engine/labs/embedding/tsne_device.h"
#include "engine/labs/embedding/umap_device.h"
#include "engine/philox.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace orrery::embedding {

namespace {

/// k rows of the row's own class of twenty, here and there: as a graph lies in memory, without the search.
Neighbours scattered(std::int64_t n, std::int64_t k) {
    Neighbours near{n, k, {}, {}};
    const std::int64_t others = n / 20 - 1; // a prime for the sizes below, so that no neighbour comes twice
    for (std::int64_t i = 0; i < n; ++i) {
        const std::int64_t first = philox(1, std::uint32_t(i), 0, 7)[0];
        for (std::int64_t j = 0; j < k; ++j) {
            near.index.push_back(std::int32_t((i + 20 * (1 + (first + 97 * j) % others)) % n));
            near.distance.push_back(float(1 + 0.05 * double(j)));
        }
    }
    return near;
}

double range(std::int64_t n) { return 60 * std::sqrt(double(n) / 10000); } ///< of a picture late in a run

State spread(std::int64_t n) {
    State state{PicturePoints(n, 2), PicturePoints(n, 2), PicturePoints(n, 2, 1)};
    for (std::int64_t i = 0; i < n; ++i)
        for (int d = 0; d < 2; ++d)
            state.y[d][i] = float(range(n) * (unitOpen(philox(4, std::uint32_t(i), std::uint32_t(d), 1)[0]) - 0.5));
    return state;
}

struct Work {
    double bytes; ///< each number once to where it is needed, there and back for a transform: what no GPU can do without
    double reads; ///< of kernels, which are what costs on a CPU device; FFTW does the transforms there
    double flops;
};

Work tsneWork(std::int64_t n, std::int64_t edges) {
    const double N = gridFit({}, range(n), 2).nodes(), L = 2 * N, half = N + 1, points = double(n), numbers = L * half;
    const double attraction = double(edges) * (8 + 16), grid = points * 64 * (8 + 4), step = points * 16 * 12;
    const double transforms = 2 * (4 * N * L + 8 * N * half) + 2 * (8 * N * half + 8 * numbers) + 2 * 16 * numbers + 20 * numbers;
    return {attraction + grid + step + transforms, 2 * double(edges) + points * (64 + 64 + 12) + N * N + 4 * numbers,
            14 * double(edges) + points * 64 * 8 + 2 * 5 * 2 * numbers * std::log2(L)};
}

/// A power and a quotient are some 45 operations.
Work umapWork(std::int64_t n, const Graph& graph, const Tuning& t) {
    double due = 0;
    const float most = *std::max_element(graph.weight.begin(), graph.weight.end());
    for (const float w : graph.weight) due += w / most;
    const double terms = due * (1 + t.negatives), reads = double(graph.index.size()) + terms + 10 * double(n);
    return {16 * reads, reads, 45 * terms};
}

/// The best of each, taken by turns, after one that is not counted.
std::array<double, 2> secondsOfStep(Optimiser& host, Optimiser& device, const State& begin, const Tuning& tuning, int steps) {
    std::array<double, 2> best = {HUGE_VAL, HUGE_VAL};
    Optimiser* const both[] = {&host, &device};
    for (int turn = -1; turn < 3; ++turn)
        for (std::size_t which = 0; which < 2; ++which) {
            State state = begin;
            if (which == 1) both[1]->run(state, tuning, 0, 1); // the points are there before the clock starts
            const auto start = std::chrono::steady_clock::now();
            both[which]->run(state, tuning, 1, steps);
            const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / steps;
            if (turn >= 0) best[which] = std::min(best[which], seconds);
        }
    return best;
}

void add(std::vector<bench::Figure>& figures, gpu::Device& device, const std::string& name, std::array<double, 2> seconds,
         const Work& work) {
    const double moving = device.isCpu() ? work.reads / (1e9 * bench::readRate(device))
                                         : work.bytes / (1e9 * bench::copyBandwidth(device)),
                 counting = work.flops / (1e9 * bench::fmaGflops(device)), bound = std::max(moving, counting);
    char words[100];
    std::snprintf(words, sizeof words, "%.3g ms: %s", 1e3 * bound,
                  moving < counting ? "its operations, as multiply-adds"
                  : device.isCpu()  ? "its reads, from a cache"
                                    : "its bytes, copied");
    figures.push_back({"embedding " + name + " on the device", 1e3 * seconds[1], "ms", words, bound / seconds[1]});
    std::snprintf(words, sizeof words, "%.3g ms: the same step on the device (below 1: quicker)", 1e3 * seconds[1]);
    figures.push_back({"embedding " + name + " on the host", 1e3 * seconds[0], "ms", words, seconds[0] / seconds[1]});
}

} // namespace

std::vector<bench::Figure> benchSteps(gpu::Device& device) {
    std::vector<bench::Figure> figures;
    for (const std::int64_t n : {10000, 100000}) {
        const std::string points = ", " + std::to_string(n) + " points";
        const int steps = device.isCpu() ? std::max(2, int(50000 / n)) : 50;
        {
            const Neighbours near = scattered(n, 90);
            auto graph = std::make_shared<Affinities>();
            graph->joint = symmetric(near, std::vector<float>(near.distance.size(), 1 / 90.0F), float(1 / double(n)));
            Tsne host(graph, Repulsion::grid);
            DeviceTsne onDevice(device, graph, Repulsion::grid);
            const Tuning still{.exaggerated = 0, .rate = 1e-6}; // the picture stays as large as it is
            add(figures, device, "t-SNE step by the grid" + points, secondsOfStep(host, onDevice, spread(n), still, steps),
                tsneWork(n, std::int64_t(graph->joint.index.size())));
        }
        const Neighbours near = scattered(n, 14);
        auto graph = std::make_shared<FuzzyGraph>();
        std::vector<float> memberships;
        for (const float d : near.distance) memberships.push_back(std::exp(-5 * (d - 1)));
        graph->graph = symmetric(near, memberships, 1);
        Umap host(graph, 1);
        DeviceUmap onDevice(device, *graph, 1);
        State state = spread(n);
        state.scale = PicturePoints(n, 2);
        add(figures, device, "UMAP epoch" + points, secondsOfStep(host, onDevice, state, {}, steps),
            umapWork(n, graph->graph, {}));
    }
    return figures;
}

} // namespace orrery::embedding
