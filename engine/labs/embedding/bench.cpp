// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/bench.h"

#include "engine/labs/embedding/bench_steps.h"
#include "engine/labs/embedding/fuzzy.h"
#include "engine/labs/embedding/pca.h"
#include "engine/labs/embedding/read_table.h"
#include "engine/labs/embedding/search_bench.h"
#include "engine/labs/embedding/tsne.h"
#include "engine/labs/embedding/umap.h"
#include "engine/labs/embedding/words_bench.h"
#include "engine/philox.h"
#include "engine/tensor/host_math.h"
#include "engine/tensor/host_threads.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>

namespace orrery::embedding {

namespace {

using Clock = std::chrono::steady_clock;

double bestSeconds(int runs, const std::function<void()>& work) {
    double best = HUGE_VAL;
    for (int i = 0; i < runs; ++i) {
        const auto begin = Clock::now();
        work();
        best = std::min(best, std::chrono::duration<double>(Clock::now() - begin).count());
    }
    return best;
}

Matrix clusters(std::int64_t n, std::int64_t D) {
    std::vector<float> values(std::size_t(n * D));
    for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t d = 0; d < D; ++d)
            values[std::size_t(i * D + d)] = float(1.5 * normalPair(philox(1, std::uint32_t(i % 20), std::uint32_t(d), 1))[0] +
                                                   normalPair(philox(1, std::uint32_t(i), std::uint32_t(d), 2))[0]);
    return Matrix(n, D, std::move(values));
}

double productGflops(std::int64_t n, std::int64_t D, const Matrix& m) {
    std::vector<float> out(std::size_t(2048 * 2048));
    const std::int64_t side = std::min<std::int64_t>(2048, n);
    const double seconds = bestSeconds(3, [&] {
        tensor::host::multiply({.M = side, .N = side, .K = D, .transposeB = true, .a = m.data(), .b = m.data(), .c = out.data()});
    });
    return 2e-9 * double(side * side * D) / seconds;
}

/// Every cache line of a file once, on all cores: no reader can be quicker.
void lookThrough(const std::string& path) {
    const model::MappedFile file(path);
    constexpr std::size_t piece = 1U << 20;
    std::atomic<std::size_t> lines{0};
    tensor::host::parallel(std::int64_t((file.size() + piece - 1) / piece), [&](std::int64_t i, int) {
        const auto bytes = file.all().subspan(std::size_t(i) * piece);
        std::size_t found = 0;
        for (std::size_t at = 0; at < std::min(piece, bytes.size()); at += 64) found += bytes[at] == std::byte('\n');
        lines += found;
    });
}

} // namespace

std::vector<bench::Figure> benchEmbedding(gpu::Device& device) {
    std::vector<bench::Figure> figures;
    Progress progress;
    const std::int64_t n = 10000, D = 50;
    const Matrix m = clusters(n, D);
    Neighbours near;
    const double search = bestSeconds(2, [&] { near = exactNeighbours(m, 90, Metric::euclid, progress); });
    const double gflops = 2e-9 * double(n * n * D) / search, limit = productGflops(n, D, m);
    figures.push_back({"embedding neighbours 10000 x 50, k = 90", gflops, "GFLOP/s",
                       "BLAS product of that width, " + std::to_string(int(limit)) + " GFLOP/s", gflops / limit});
    PicturePoints y(n, 2), push(n, 2);
    for (std::int64_t i = 0; i < n; ++i)
        for (int d = 0; d < 2; ++d) y[d][i] = float(60 * (unitOpen(philox(4, std::uint32_t(i), std::uint32_t(d), 1)[0]) - 0.5));
    const double pairs = bestSeconds(3, [&] { exactRepulsion(y, push); });
    figures.push_back({"embedding repulsion, all pairs of 10000", 1e-9 * double(n * n) / pairs, "G pairs/s", "", 0});
    GridRepulsion grid;
    grid.run(y, push);
    const double byGrid = bestSeconds(3, [&] { grid.run(y, push); });
    figures.push_back({"embedding repulsion, grid, 10000 points over 60", 1e3 * byGrid, "ms",
                       "all pairs, " + std::to_string(int(1e3 * pairs)) + " ms (below 1: quicker)", byGrid / pairs});
    const Matrix first = pca(m, {.components = 2}, progress).project(m, 2);
    Tsne tsne(std::make_shared<const Affinities>(affinities(near, 30)), Repulsion::automatic);
    State state = tsneStart(first);
    int step = 0;
    const double tsneStep = bestSeconds(20, [&] { tsne.step(state, {}, step++); });
    figures.push_back({"embedding t-SNE step, 10000 points", 1e3 * tsneStep, "ms", "", 0});
    const auto graph = std::make_shared<const FuzzyGraph>(fuzzyGraph(exactNeighbours(m, 14, Metric::euclid, progress)));
    Umap umap(graph, 1);
    State laid = umapStart(first, 1);
    step = 0;
    const double umapStep = bestSeconds(20, [&] { umap.step(laid, {}, step++); });
    figures.push_back({"embedding UMAP epoch, 10000 points", 1e3 * umapStep, "ms", "", 0});
    const std::string path = (std::filesystem::temp_directory_path() / "orrery-bench-vectors.txt").string();
    writeVectorsText(path, m, {});
    const double text = bestSeconds(2, [&] { readTable(path, {}, progress); }), look = bestSeconds(2, [&] { lookThrough(path); });
    const double megabytes = 1e-6 * double(std::filesystem::file_size(path));
    figures.push_back({"embedding vectors from text", megabytes / text, "MB/s",
                       "its bytes mapped and looked at, " + std::to_string(int(megabytes / look)) + " MB/s", look / text});
    std::filesystem::remove(path);
    for (bench::Figure& figure : benchSearch(device)) figures.push_back(std::move(figure));
    for (bench::Figure& figure : benchSteps(device)) figures.push_back(std::move(figure));
    for (bench::Figure& figure : benchWords()) figures.push_back(std::move(figure));
    return figures;
}

} // namespace orrery::embedding
