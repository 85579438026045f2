// SPDX-License-Identifier: GPL-3.0-or-later
// Training: what is drawn, gradients against central differences, the closed form of skip-gram (anchor check 16), GloVe on a matrix
// that is known (18), the same bits whatever threads and slices.
#include "engine/labs/embedding/words_glove.h"
#include "engine/labs/embedding/words_kernels.h"
#include "engine/labs/embedding/words_pmi.h"
#include "engine/labs/embedding/words_sampling.h"
#include "engine/tensor/formats.h"
#include "engine/tensor/host_threads.h"
#include "tests/embedding/words.h"
#include "tests/support/error_of.h"

#include <QtTest/QtTest>

#include <cmath>

using namespace orrery;
using namespace orrery::embedding;
using test::errorOf;

namespace {

double logSigma(double x) { return x > 0 ? -std::log1p(std::exp(-x)) : x - std::log1p(std::exp(x)); }

/// What the window loses, in float64, straight from the definition: for each context each output by itself.
double lossOf(const Window& window, const WordState& s, WordModel model) {
    const auto dot = [&](const std::vector<double>& v, std::int32_t output) {
        double sum = 0;
        for (int d = 0; d < s.dims; ++d) sum += v[std::size_t(d)] * double(s.row(s.out, output)[d]);
        return sum;
    };
    const auto pair = [&](const std::vector<double>& v) {
        double loss = -logSigma(dot(v, window.output[0]));
        for (int k = 0; k < window.outputs; ++k)
            loss -= double(window.negative[std::size_t(k)]) * logSigma(-dot(v, window.output[std::size_t(k)]));
        return loss;
    };
    std::vector<double> mean(static_cast<std::size_t>(s.dims));
    double loss = 0, all = 0;
    for (int c = 0; c < window.contexts; ++c)
        for (int times = 0; times < int(window.times[std::size_t(c)]); ++times) {
            std::vector<double> v;
            for (int d = 0; d < s.dims; ++d)
                v.push_back(double(s.row(s.in, window.context[std::size_t(c)])[d])), mean[std::size_t(d)] += v.back();
            loss += pair(v), ++all;
        }
    if (model == WordModel::skipGram) return loss;
    for (double& m : mean) m /= all;
    return pair(mean);
}

WordState randomState(std::int64_t words, int dims, std::uint64_t seed) {
    WordState s;
    s.words = words, s.dims = dims, s.stride = (dims + 7) / 8 * 8;
    s.in.assign(std::size_t(words * s.stride), 0), s.out = s.in;
    for (std::int64_t w = 0; w < words; ++w)
        for (int d = 0; d < dims; ++d) {
            const auto pair = normalPair(philox(seed, std::uint32_t(w), std::uint32_t(d), 0));
            s.row(s.in, w)[d] = float(0.5 * pair[0]), s.row(s.out, w)[d] = float(0.5 * pair[1]);
        }
    return s;
}

WordSettings exact(int negatives, bool countHits, double power) {
    return {.dims = 16,
            .window = 2,
            .negatives = negatives,
            .noisePower = power,
            .countHits = countHits,
            .rate = 0.03,
            .epochs = 700};
}

} // namespace

class TestWordsTraining : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    /// The alias table's slots add up to each probability, and draws follow them: within 5 standard deviations of a binomial.
    void noise() {
        const std::vector<std::int64_t> counts{1000, 300, 300, 50, 7, 1};
        const Noise noise(counts, 0.75);
        double sum = 0;
        for (const std::int64_t count : counts) sum += std::pow(double(count), 0.75);
        std::vector<double> drawn(counts.size());
        constexpr int draws = 400'000;
        for (int i = 0; i < draws; ++i) {
            const Philox4 words = philox(9, std::uint32_t(i), 0, 0);
            ++drawn[std::size_t(noise.draw(words[0], words[1]))];
        }
        for (std::size_t w = 0; w < counts.size(); ++w) {
            const double p = std::pow(double(counts[w]), 0.75) / sum;
            QVERIFY(std::abs(noise.probability(std::int64_t(w)) - p) < 1e-15);
            QVERIFY2(std::abs(drawn[w] / draws - p) < 5 * std::sqrt(p * (1 - p) / draws), qPrintable(QString::number(w)));
        }
    }

    /// A word at distance d is in (W - d + 1) / W of the windows; frequent words are kept with sqrt(t/f) + t/f.
    void windowsAndSubsampling() {
        std::string text; // as one sentence, so that nearly every window is whole
        for (int i = 0; i < 40'000; ++i) text += i % 4 == 0 ? "r" + std::to_string(i % 400) + " " : std::string("the ");
        const auto corpus = test::corpusOf(text);
        const WordSettings settings{.window = 4, .subsample = 0.01};
        const Sampler sampler(*corpus, settings);
        std::vector<std::int64_t> kept;
        sampler.keep(0, std::int64_t(corpus->tokens.size()), 0, kept);
        double the = 0;
        for (const std::int64_t place : kept) the += corpus->tokens[std::size_t(place)] == corpus->find("the");
        const double f = 0.75, p = std::sqrt(0.01 / f) + 0.01 / f, n = 30'000;
        QVERIFY(std::abs(the / n - p) < 5 * std::sqrt(p * (1 - p) / n));
        QVERIFY(std::abs(sampler.keepProbability(corpus->find("the")) - p) < 1e-9);
        const double rare = 0.25 / 100; // each of the others
        QVERIFY(std::abs(sampler.keepProbability(corpus->find("r0")) - std::min(1.0, std::sqrt(0.01 / rare) + 0.01 / rare)) <
                1e-9);

        WordSettings all = settings;
        all.subsample = 0;
        const Sampler whole(*corpus, all);
        whole.keep(0, 20'000, 3, kept);
        QCOMPARE(kept.size(), std::size_t(20'000));
        Window window;
        std::array<double, 5> reach{};
        for (std::size_t centre = 10; centre < kept.size() - 10; ++centre) {
            whole.window(kept, centre, 3, window);
            double count = 0;
            for (int c = 0; c < window.contexts; ++c) count += double(window.times[std::size_t(c)]);
            QVERIFY(count == 2 || count == 4 || count == 6 || count == 8);
            ++reach[std::size_t(count / 2)];
        }
        for (int r = 1; r <= 4; ++r)
            QVERIFY(std::abs(reach[std::size_t(r)] / 19'980 - 0.25) < 5 * std::sqrt(0.25 * 0.75 / 19'980));
    }

    /// A step is minus rate times the gradient of what the window loses: against central differences in float64. Words occur
    /// twice in windows, draws occur twice and hit the centre, and none of it may be lost.
    void gradients() {
        const auto corpus = test::corpusOf("a b a c b a d a a b c a\n");
        for (const WordModel model : {WordModel::skipGram, WordModel::cbow})
            for (const bool hits : {false, true}) {
                WordSettings settings{
                    .model = model, .dims = 11, .window = 5, .negatives = 7, .countHits = hits, .rate = 1e-3, .epochs = 1};
                const Sampler sampler(*corpus, settings);
                std::vector<std::int64_t> kept;
                sampler.keep(0, 12, 0, kept);
                bool repeated = false, drawnTwice = false, hit = false;
                for (std::size_t centre = 0; centre < kept.size(); ++centre) {
                    Window window;
                    sampler.window(kept, centre, 0, window);
                    for (int c = 0; c < window.contexts; ++c) repeated |= window.times[std::size_t(c)] > 1;
                    for (int k = 1; k < window.outputs; ++k) drawnTwice |= window.negative[std::size_t(k)] > 1;
                    hit |= window.negative[0] > 0;
                    WordState state = randomState(corpus->size(), settings.dims, 40 + centre);
                    const WordState before = state;
                    trainWindow(state, settings, window, 1e-3F);
                    for (const bool input : {true, false})
                        for (std::int64_t w = 0; w < state.words; ++w)
                            for (int d = 0; d < state.dims; ++d) {
                                constexpr float h = 1.0F / 256;
                                WordState up = before, down = before;
                                up.row(input ? up.in : up.out, w)[d] += h, down.row(input ? down.in : down.out, w)[d] -= h;
                                const double gradient = (lossOf(window, up, model) - lossOf(window, down, model)) / (2.0 * h);
                                const double step = double(state.row(input ? state.in : state.out, w)[d]) -
                                                    double(before.row(input ? before.in : before.out, w)[d]);
                                // central differences of h are off by h^2 / 6 times a third derivative (at most 1 for each of up
                                // to 12 pairs of 8 outputs, times |u|^3 < 8); a float32 near 1 holds steps of 1e-3 to 6e-8
                                QVERIFY2(std::abs(step / 1e-3 + gradient) < 2e-3,
                                         qPrintable(QString("%1 %2 %3 %4").arg(w).arg(d).arg(step / 1e-3).arg(gradient)));
                            }
                }
                QVERIFY(repeated && drawnTwice && hit == hits);
            }
    }

    /// The kernels against plain loops in float64, for every size of tile and its rest.
    void kernels() {
        for (const int C : {1, 2, 3, 4, 5, 7, 11})
            for (const int K : {1, 2, 3, 4, 6, 8}) {
                for (const std::int64_t stride : {8, 16, 24, 56}) {
                    WordState s = randomState(12, int(stride), std::uint64_t(C * 100 + K));
                    const WordState before = s;
                    std::vector<float*> v, u;
                    for (int c = 0; c < C; ++c) v.push_back(s.row(s.in, c));
                    for (int k = 0; k < K; ++k) u.push_back(s.row(s.out, k));
                    std::vector<float> products(std::size_t(C * K)), g(std::size_t(C * K));
                    for (std::size_t i = 0; i < g.size(); ++i) g[i] = float(std::sin(double(i)));
                    windowProducts(v.data(), C, u.data(), K, stride, products.data());
                    windowUpdate(v.data(), C, u.data(), K, g.data(), stride);
                    for (int c = 0; c < C; ++c)
                        for (int k = 0; k < K; ++k) {
                            double sum = 0;
                            for (std::int64_t d = 0; d < stride; ++d)
                                sum += double(before.row(before.in, c)[d]) * double(before.row(before.out, k)[d]);
                            QVERIFY(std::abs(sum - double(products[std::size_t(c * K + k)])) < 1e-5);
                        }
                    for (std::int64_t d = 0; d < stride; ++d) {
                        for (int c = 0; c < C; ++c) {
                            double want = before.row(before.in, c)[d];
                            for (int k = 0; k < K; ++k)
                                want += double(g[std::size_t(c * K + k)]) * double(before.row(before.out, k)[d]);
                            QVERIFY(std::abs(want - double(s.row(s.in, c)[d])) < 1e-5);
                        }
                        for (int k = 0; k < K; ++k) {
                            double want = before.row(before.out, k)[d];
                            for (int c = 0; c < C; ++c)
                                want += double(g[std::size_t(c * K + k)]) * double(before.row(before.in, c)[d]);
                            QVERIFY(std::abs(want - double(s.row(s.out, k)[d])) < 1e-5);
                        }
                    }
                }
            }
    }

    /// Check 16: with d >= V the products come to PMI - ln k on all seen pairs (noise power 1, hits counted); and to the other
    /// closed form where hits are left out, as word2vec.c does, which differs by more than the tolerance.
    void skipGramIsShiftedPmi() {
        const auto corpus = test::corpusOf(test::topics(10, 6000, 5));
        Progress progress;
        const WordSettings paper = exact(2, true, 1), word2vec = exact(3, false, 0.75);
        const auto pairs = windowPairs(*corpus, paper, progress);
        const WordState first = test::trained(corpus, paper), second = test::trained(corpus, word2vec);
        const PmiTable a = pmiTable(*corpus, paper, first, pairs, 10), b = pmiTable(*corpus, word2vec, second, pairs, 10);
        QVERIFY(a.seen >= 98 && b.seen == a.seen);
        // 0.05 is the anchor's. What is left is chance: the rarest pair (30 windows a pass) is seen some 2,000 times while the rate
        // falls below a tenth, each worth 1 / sqrt(2000) = 0.02.
        QVERIFY2(a.worst < 0.05, qPrintable(QString::number(a.worst)));
        QVERIFY2(b.worst < 0.05, qPrintable(QString::number(b.worst)));
        for (std::int64_t w = 0; w < a.n; ++w)
            for (std::int64_t c = 0; c < a.n;
                 ++c) { // the target itself: PMI - ln 2, but for words at the ends of sentences, which have fewer pairs
                const auto at = std::size_t(w * a.n + c);
                if (a.count[at] > 0) QVERIFY(std::abs(a.target[at] - (a.pmi[at] - std::log(2.0))) < 0.05);
            }
        const PmiTable wrong = pmiTable(*corpus, exact(3, true, 0.75), second, pairs, 10);
        QVERIFY2(wrong.worst > 0.1,
                 qPrintable(QString::number(wrong.worst))); // the planted fault: the paper's form for word2vec.c's rule
        const PmiTable shifted = pmiTable(*corpus, exact(3, true, 1), first, pairs, 10);
        QVERIFY(shifted.worst > 0.3); // ln 3 - ln 2
    }

    /// Check 18: X = exp(a matrix of rank 3), d >= r: the loss goes below 1e-6, and the rule that is found gives X back.
    void gloveFindsAMatrix() {
        const int V = 20, rank = 3;
        std::vector<PairCount> pairs;
        for (int i = 0; i < V; ++i)
            for (int j = 0; j < V; ++j) {
                double sum = 0;
                for (int r = 0; r < rank; ++r)
                    sum += normalPair(philox(1, std::uint32_t(i), std::uint32_t(r), 0))[0] *
                           normalPair(philox(1, std::uint32_t(j), std::uint32_t(r), 0))[1];
                pairs.push_back({i, j, float(std::exp(0.7 * sum))});
            }
        const WordSettings settings{.model = WordModel::glove, .dims = 8, .rate = 0.05, .epochs = 6000, .most = 1};
        const auto glove = gloveTrainer(V, pairs, settings);
        WordState state = glove->begin();
        const double before = glove->train(state, 0, 1).mean();
        const std::int64_t rounds = glove->rounds(), perPass = rounds / settings.epochs;
        glove->train(state, 1, rounds - perPass - 1);
        const double after = glove->train(state, rounds - perPass, perPass).mean();
        QVERIFY(before > 0.1);
        QVERIFY2(after < 1e-6, qPrintable(QString::number(after)));
        for (const PairCount& p : pairs) {
            double sum = state.inBias[std::size_t(p.i)] + state.outBias[std::size_t(p.j)];
            for (int d = 0; d < state.dims; ++d)
                sum += double(state.row(state.in, p.i)[d]) * double(state.row(state.out, p.j)[d]);
            if (p.count >= 1) QVERIFY(std::abs(sum - std::log(double(p.count))) < 0.02); // sqrt(400 pairs of 1e-6)
        }
    }

    /// Counts by the definition, over a text of a few words.
    void pairCounts() {
        Progress progress;
        const auto corpus = test::corpusOf("a b c a\nb a\n");
        const auto pairs = embedding::pairCounts(*corpus, 3, progress);
        const auto count = [&](const char* i, const char* j) {
            for (const PairCount& p : pairs)
                if (p.i == corpus->find(i) && p.j == corpus->find(j)) return double(p.count);
            return 0.0;
        };
        QVERIFY(std::abs(count("a", "b") - (1 + 0.5 + 1)) < 1e-6 && count("a", "b") == count("b", "a"));
        QVERIFY(std::abs(count("a", "c") - (0.5 + 1)) < 1e-6);
        QVERIFY(std::abs(count("a", "a") - 2.0 / 3) < 1e-6); // from either side
        QVERIFY(count("c", "c") == 0 && pairs.size() == 7);
    }

    /// The same bits: in one call or many, on one thread or several, from a kept state; and other bits for another seed.
    void sameBits() {
        const auto corpus = test::corpusOf(test::topics(300, 30'000, 8));
        for (const WordModel model : {WordModel::skipGram, WordModel::cbow, WordModel::glove})
            for (const int lanes : {1, 4}) {
                const WordSettings settings{
                    .model = model, .dims = 20, .subsample = 0.01, .epochs = 2, .seed = 5, .lanes = lanes};
                tensor::host::useCores(1);
                const WordState one = test::trained(corpus, settings);
                tensor::host::useCores(3);
                const auto t = test::trainer(corpus, settings);
                WordState slices = t->begin(), kept;
                for (std::int64_t round = 0; round < t->rounds(); round += 7) {
                    if (round == 14) kept = slices;
                    t->train(slices, round, std::min<std::int64_t>(7, t->rounds() - round));
                }
                tensor::host::useCores(0);
                QVERIFY(one == slices);
                if (t->rounds() > 14) {
                    t->train(kept, 14, t->rounds() - 14);
                    QVERIFY(kept == one);
                }
                WordSettings other = settings;
                other.seed = 6;
                QVERIFY(!(test::trained(corpus, other) == one));
                QCOMPARE(t->wordsBefore(t->rounds()) % 2, std::int64_t(0));
            }
    }

    /// Side by side costs nothing in what is learned: the loss at the end is that of one lane, within 3 %.
    void lanesLearnAlike() {
        const auto corpus = test::corpusOf(test::topics(600, 60'000, 9));
        double loss[2];
        for (const int lanes : {1, 4}) {
            const auto t = test::trainer(corpus, {.dims = 24, .epochs = 4, .lanes = lanes});
            WordState state = t->begin();
            const std::int64_t last = t->rounds() * 3 / 4;
            const double first = t->train(state, 0, last / 8).mean();
            t->train(state, last / 8, last - last / 8);
            loss[lanes == 4] = t->train(state, last, t->rounds() - last).mean();
            QVERIFY(loss[lanes == 4] < 0.9 * first);
        }
        QVERIFY2(std::abs(loss[1] / loss[0] - 1) < 0.03, qPrintable(QString("%1 %2").arg(loss[0]).arg(loss[1])));
    }

    /// In float16 every number is one of the format's; and small updates are swallowed: with a rate so low that no update reaches
    /// half a spacing nothing moves, where float32 moves, and rounding by chance does so in the mean.
    void float16() {
        const auto corpus = test::grammar(1);
        for (const WordModel model : {WordModel::skipGram, WordModel::cbow, WordModel::glove}) {
            WordSettings settings = test::forGrammar(model, 1);
            settings.epochs = 2;
            for (const WordFormat format : {WordFormat::fp16, WordFormat::fp16Random}) {
                settings.format = format;
                const WordState state = test::trained(corpus, settings);
                for (const Floats* side : {&state.in, &state.out})
                    for (const float x : *side) QCOMPARE(tensor::roundTo(tensor::fp16, x), x);
            }
        }
        WordSettings slow = test::forGrammar(WordModel::skipGram, 1);
        slow.epochs = 1, slow.rate = 1e-7;
        double moved[3];
        for (const WordFormat format : {WordFormat::fp32, WordFormat::fp16, WordFormat::fp16Random}) {
            slow.format = format;
            const auto t = test::trainer(corpus, slow);
            const WordState before = t->begin(), after = test::trained(corpus, slow);
            double& sum = moved[int(format)] = 0;
            for (std::size_t i = 0; i < before.in.size(); ++i) sum += std::abs(double(after.out[i]) - double(before.out[i]));
        }
        QVERIFY(moved[0] > 0 && moved[1] < 0.5 * moved[0] && moved[2] > 0);
    }

    void refused() {
        const auto corpus = test::corpusOf("a b a b");
        QVERIFY(errorOf([&] { test::trainer(corpus, {.window = 17}); }).find("window") != std::string::npos);
        QVERIFY(errorOf([&] { test::trainer(corpus, {.negatives = 0}); }).find("drawn") != std::string::npos);
        QVERIFY(errorOf([&] { test::trainer(corpus, {.rate = std::nan("")}); }).find("rate") != std::string::npos);
        QVERIFY(errorOf([&] { test::trainer(test::corpusOf("a\nb\n"), {.model = WordModel::glove}); }).find("near each other") !=
                std::string::npos);
        const WordState still = test::trained(test::corpusOf("a\nb\n"), {.dims = 4}); // no pair: nothing moves
        QCOMPARE(still, test::trainer(test::corpusOf("a\nb\n"), {.dims = 4})->begin());
    }
};

QTEST_GUILESS_MAIN(TestWordsTraining)
#include "tst_words_training.moc"
