// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/bench/ceilings.h"
#include "engine/labs/diffusion/bench.h"
#include "engine/labs/embedding/bench.h"
#include "engine/labs/language/bench.h"
#include "engine/labs/language/ngram_bench.h"
#include "engine/labs/language/race_bench.h"
#include "engine/labs/precision/bench.h"
#include "engine/labs/segmentation/metrics_bench.h"
#include "engine/labs/statespace/bench.h"
#include "engine/tensor/bench.h"
#include "engine/tensor/bench_vit.h"

namespace orrery::bench {

namespace {

std::vector<Figure> diffusionAndLearning(gpu::Device& device) {
    std::vector<Figure> figures = diffusion::benchDiffusion(device);
    for (Figure& figure : diffusion::benchLearning(device)) figures.push_back(std::move(figure));
    return figures;
}

std::vector<Figure> languageAndRace(gpu::Device& device) {
    std::vector<Figure> figures = language::benchLanguage(device);
    for (Figure& figure : language::benchRace(device)) figures.push_back(std::move(figure));
    return figures;
}

} // namespace

const std::vector<Bench>& benches() {
    static const std::vector<Bench> all = {
        {"ceilings", "what this device can do at most: multiply-add, exp2, reads, copies, atomics", benchCeilings},
        {"diffusion", "score of a mixture, forward step, density field, a score network", diffusionAndLearning},
        {"embedding", "neighbours, repulsion by pairs and by the grid, steps of t-SNE and UMAP, word vectors from text",
         embedding::benchEmbedding},
        {"language", "decoding against the memory's bandwidth, a tree's pass against a step, the draft model's step",
         languageAndRace},
        {"ngram", "counting n-grams, asking for their probabilities, memory for each", language::benchNgram},
        {"precision", "a training step in mixed precision against f32", precision::benchPrecision},
        {"segmentation", "models and classical methods under simulated clicks: speed, IoU, clicks needed",
         segmentation::benchSegmentation},
        {"statespace", "scans, the selective scan, LegS memory, the S4 kernel, convolution, scrubbing",
         statespace::benchStatespace},
        {"tensor", "matrix products, elementwise functions, norms, scans", tensor::benchTensor},
        {"vit", "a block of SAM's image encoder: attention over all tokens and in windows", tensor::benchVit},
    };
    return all;
}

} // namespace orrery::bench
