// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/words_bench.h"

#include "engine/labs/embedding/words_kernels.h"
#include "engine/labs/embedding/words_sampling.h"
#include "engine/tensor/host_threads.h"

#include <chrono>
#include <cmath>
#include <cstdio>

namespace orrery::embedding {

namespace {

constexpr int vocabulary = 20'000;
constexpr std::int64_t length = 300'000;

/// Words with the frequencies of a language (Zipf's law), in sentences of twenty.
std::shared_ptr<const Corpus> zipf() {
    std::string text;
    for (std::int64_t i = 0; i < length; ++i) {
        const double u = unitOpen(philox(11, std::uint32_t(i), 0, 0)[0]);
        text += 'w' + std::to_string(int(std::pow(double(vocabulary), u))) + (i % 20 == 19 ? '\n' : ' ');
    }
    Progress progress;
    return std::make_shared<const Corpus>(corpusOf(text, "zipf", {}, progress));
}

double sigma(float x) { return 1 / (1 + std::exp(-double(x))); }

/// One pass: each pair of context and output by itself, a row at a time; on one core.
void plainPass(const Corpus& corpus, const WordSettings& settings, WordState& state) {
    const Sampler sampler(corpus, settings);
    std::vector<std::int64_t> kept;
    Window window;
    std::vector<float> change(static_cast<std::size_t>(state.stride));
    std::int64_t begin = 0;
    for (const std::int64_t end : corpus.ends) {
        sampler.keep(begin, end, 0, kept);
        for (std::size_t centre = 0; centre < kept.size(); ++centre) {
            sampler.window(kept, centre, 0, window);
            for (int c = 0; c < window.contexts; ++c) {
                float* const v = state.row(state.in, window.context[std::size_t(c)]);
                std::fill(change.begin(), change.end(), 0.0F);
                for (int k = 0; k < window.outputs; ++k) {
                    float* const u = state.row(state.out, window.output[std::size_t(k)]);
                    const double s = sigma(rowProduct(v, u, state.stride));
                    const auto g = float(settings.rate * double(window.times[std::size_t(c)]) *
                                         ((k == 0 ? 1 - s : 0) - double(window.negative[std::size_t(k)]) * s));
                    addScaled(change.data(), u, g, state.stride);
                    addScaled(u, v, g, state.stride);
                }
                addScaled(v, change.data(), 1, state.stride);
            }
        }
        begin = end;
    }
}

double secondsOf(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

bench::Figure figure(const std::string& name, double seconds, double limit, const char* whose) {
    const double rate = double(length) * 1e-6 / seconds, most = double(length) * 1e-6 / limit;
    char text[120];
    std::snprintf(text, sizeof text, "%.3g M words/s: %s", most, whose);
    return {name, rate, "M words/s", text, rate / most};
}

} // namespace

std::vector<bench::Figure> benchWords() {
    const auto corpus = zipf();
    WordSettings settings{.dims = 100, .window = 5, .negatives = 5, .epochs = 1};
    Progress progress;
    double best[3] = {1e30, 1e30, 1e30};
    for (int run = 0; run < 3; ++run) { // by turns, so that what else the machine does falls on all
        for (const int lanes : {1, 4}) {
            settings.lanes = lanes;
            const auto trainer = wordTrainer(corpus, settings, progress);
            WordState state = trainer->begin();
            double& seconds = best[lanes == 4];
            seconds = std::min(seconds, secondsOf([&] { trainer->train(state, 0, trainer->rounds()); }));
        }
        WordState state = wordTrainer(corpus, settings, progress)->begin();
        best[2] = std::min(best[2], secondsOf([&] { plainPass(*corpus, settings, state); }));
    }
    const int cores = tensor::host::workers(4);
    return {
        figure("embedding skip-gram, 100 dimensions, window 5, 5 drawn, one lane", best[0], best[2], "pair by pair on one core"),
        figure("embedding skip-gram, the same on four lanes, all cores", best[1], best[2] / cores,
               "pair by pair on as many cores, if they did not hinder each other")};
}

} // namespace orrery::embedding
