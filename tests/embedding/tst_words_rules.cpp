// SPDX-License-Identifier: GPL-3.0-or-later
// The rules by which word vectors learn, step by step: where they begin, how the rate falls, GloVe's weights, biases and AdaGrad
// against float64, the order of a pass, what a window closes over.
#include "engine/labs/embedding/words_glove.h"
#include "engine/labs/embedding/words_sampling.h"
#include "tests/embedding/words.h"

#include <QtTest/QtTest>

using namespace orrery;
using namespace orrery::embedding;

class TestWordsRules : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void theBeginning();
    void theRateFallsInALine_data();
    void theRateFallsInALine();
    void windowsCloseOverWhatIsLeftOut();
    void gloveFollowsItsRules_data();
    void gloveFollowsItsRules();
    void glovePassesSeeEveryPairOnce();
};

/// U(-1/2, 1/2) / d of words, and 0 of words as company, as in word2vec.c. The mean square of n numbers is 1 / 12 d^2 within five of
/// its own deviations, sqrt(1 / 180 n) / d^2.
void TestWordsRules::theBeginning() {
    const auto corpus = test::corpusOf(test::topics(300, 9000, 2));
    const WordState s = test::trainer(corpus, {.dims = 20})->begin();
    double squares = 0, most = 0;
    for (std::int64_t w = 0; w < s.words; ++w)
        for (int d = 0; d < 20; ++d) {
            const double x = s.row(s.in, w)[d];
            squares += 400 * x * x, most = std::max(most, std::abs(20 * x));
            QCOMPARE(s.row(s.out, w)[d], 0.0F);
        }
    const auto n = double(20 * s.words);
    QVERIFY(most <= 0.5 && most > 0.49);
    QVERIFY(std::abs(squares / n - 1.0 / 12) < 5 * std::sqrt(1 / (180 * n)));
}

void TestWordsRules::theRateFallsInALine_data() {
    QTest::addColumn<int>("model");
    QTest::newRow("skip-gram") << int(WordModel::skipGram);
    QTest::newRow("CBOW") << int(WordModel::cbow);
}

/// Window after window in the order of the text, each pass anew, by the rate that is left of the words to come. The windows and a
/// step on one of them are held against their definitions elsewhere (tst_words_training.cpp): here the bits must be the same.
void TestWordsRules::theRateFallsInALine() {
    QFETCH(int, model);
    const auto corpus = test::corpusOf(test::topics(60, 5000, 3));
    const WordSettings settings{
        .model = WordModel(model), .dims = 8, .window = 3, .subsample = 0.05, .rate = 0.05, .epochs = 2, .lanes = 1};
    const auto t = test::trainer(corpus, settings);
    WordState s = t->begin();
    const Sampler sampler(*corpus, settings);
    const auto words = std::int64_t(corpus->tokens.size());
    QVERIFY2(t->rounds() > 8, "several rounds a pass, or nothing falls");
    Window window;
    std::vector<std::int64_t> kept;
    std::int64_t round = 0;
    for (std::uint32_t epoch = 0; epoch < 2; ++epoch) {
        std::int64_t begin = 0;
        for (const std::int64_t end : corpus->ends) {
            while (round + 1 < t->rounds() && t->wordsBefore(round + 1) <= epoch * words + begin) ++round;
            const double done = double(t->wordsBefore(round)) / double(2 * words);
            QVERIFY(double(epoch * words + begin) / double(2 * words) - done < 0.1); // rounds follow the text
            sampler.keep(begin, end, epoch, kept);
            for (std::size_t centre = 0; centre < kept.size(); ++centre) {
                sampler.window(kept, centre, epoch, window);
                if (window.contexts > 0) trainWindow(s, settings, window, float(0.05 * std::max(1e-4, 1 - done)));
            }
            begin = end;
        }
    }
    QVERIFY(s == test::trained(corpus, settings));
}

/// Frequent words that are left out do not stand between others: the window reaches over them.
void TestWordsRules::windowsCloseOverWhatIsLeftOut() {
    std::string text;
    for (int i = 0; i < 400; ++i) text += "the the the the the the w" + std::to_string(i) + " ";
    const auto corpus = test::corpusOf(text);
    const Sampler sampler(*corpus, {.window = 2, .shrink = false, .subsample = 1.5e-4});
    std::vector<std::int64_t> kept;
    sampler.keep(0, 700, 0, kept); // one sentence of so many words
    Window window;
    int neighbours = 0;
    for (std::size_t centre = 2; centre + 2 < kept.size(); ++centre) {
        sampler.window(kept, centre, 0, window);
        double company = 0;
        for (int c = 0; c < window.contexts; ++c) company += double(window.times[std::size_t(c)]);
        QCOMPARE(company, 4.0);
        for (int c = 0; c < window.contexts; ++c) neighbours += window.context[std::size_t(c)] != corpus->find("the");
    }
    QVERIFY2(neighbours > 250, "beside each other after all: the words between are gone");
}

void TestWordsRules::gloveFollowsItsRules_data() {
    QTest::addColumn<double>("count");
    QTest::addColumn<double>("weight");
    QTest::newRow("rare") << 3.0 << std::pow(0.03, 0.75);
    QTest::newRow("nearly all") << 99.0 << std::pow(0.99, 0.75);
    QTest::newRow("from here on alike") << 100.0 << 1.0;
    QTest::newRow("frequent") << 5000.0 << 1.0;
}

/// f(X) (w.u + b + c - ln X)^2 by AdaGrad with sums that begin at 1 (Pennington et al. 2014; Duchi et al. 2011), five steps of one
/// pair, in float64. Each step rounds by some 1e-7 of numbers below 10.
void TestWordsRules::gloveFollowsItsRules() {
    QFETCH(double, count);
    QFETCH(double, weight);
    const WordSettings settings{.model = WordModel::glove, .dims = 5, .rate = 0.05, .epochs = 5};
    const auto t = gloveTrainer(3, {{0, 2, float(count)}}, settings);
    QCOMPARE(t->rounds(), std::int64_t(5));
    WordState s = t->begin();
    std::vector<double> w, u, squaresW(6, 1), squaresU(6, 1); // the biases last
    for (int d = 0; d < 5; ++d) w.push_back(s.row(s.in, 0)[d]), u.push_back(s.row(s.out, 2)[d]);
    w.push_back(s.inBias[0]), u.push_back(s.outBias[2]);
    const WordState first = s;
    for (int step = 0; step < 5; ++step) {
        double difference = w[5] + u[5] - std::log(count);
        for (int d = 0; d < 5; ++d) difference += w[std::size_t(d)] * u[std::size_t(d)];
        const WordLoss lost = t->train(s, step, 1);
        QVERIFY(lost.count == 1 && std::abs(lost.sum / (weight * difference * difference) - 1) < 1e-5);
        const std::vector<double> before = w;
        for (std::size_t d = 0; d < 6; ++d) {
            const double gw = weight * difference * (d < 5 ? u[d] : 1), gu = weight * difference * (d < 5 ? before[d] : 1);
            w[d] -= 0.05 * gw / std::sqrt(squaresW[d]), u[d] -= 0.05 * gu / std::sqrt(squaresU[d]);
            squaresW[d] += gw * gw, squaresU[d] += gu * gu;
        }
        for (int d = 0; d < 5; ++d)
            QVERIFY(std::abs(s.row(s.in, 0)[d] - w[std::size_t(d)]) < 2e-6 &&
                    std::abs(s.row(s.out, 2)[d] - u[std::size_t(d)]) < 2e-6);
        QVERIFY(std::abs(s.inBias[0] - w[5]) < 2e-6 && std::abs(s.outBias[2] - u[5]) < 2e-6);
    }
    QVERIFY(s.inBias[0] != first.inBias[0]);
    for (int d = 0; d < 5; ++d) QCOMPARE(s.row(s.in, 1)[d], first.row(first.in, 1)[d]); // a word that was in no pair
    const Matrix sum = s.vectors();
    for (int d = 0; d < 5; ++d) QCOMPARE(sum.row(0)[std::size_t(d)], s.row(s.in, 0)[d] + s.row(s.out, 0)[d]);
}

/// Of a pass: each pair once. The loss of the first pass at a rate of nearly nothing is the sum over all pairs.
void TestWordsRules::glovePassesSeeEveryPairOnce() {
    std::vector<PairCount> pairs;
    for (int i = 0; i < 40; ++i)
        for (int j = 0; j < 40; ++j)
            if ((i + j) % 3 > 0) pairs.push_back({i, j, float(1 + (7 * i + 3 * j) % 150)});
    const WordSettings settings{.model = WordModel::glove, .dims = 6, .rate = 1e-12, .epochs = 2};
    const auto t = gloveTrainer(40, pairs, settings);
    WordState s = t->begin();
    double wanted = 0;
    for (const PairCount& p : pairs) {
        double difference = double(s.inBias[std::size_t(p.i)]) + s.outBias[std::size_t(p.j)] - std::log(double(p.count));
        for (int d = 0; d < 6; ++d) difference += double(s.row(s.in, p.i)[d]) * double(s.row(s.out, p.j)[d]);
        wanted += std::min(1.0, std::pow(p.count / 100.0, 0.75)) * difference * difference;
    }
    for (int pass = 0; pass < 2; ++pass) {
        const WordLoss lost = t->train(s, pass * t->rounds() / 2, t->rounds() / 2);
        QCOMPARE(lost.count, std::int64_t(pairs.size()));
        QVERIFY(std::abs(lost.sum / wanted - 1) < 1e-5);
    }
}

QTEST_GUILESS_MAIN(TestWordsRules)
#include "tst_words_rules.moc"
