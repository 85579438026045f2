// SPDX-License-Identifier: GPL-3.0-or-later
// Logits to distributions, draws, coins, and the test that counts have come from a law.
#include "engine/labs/language/chi_square.h"
#include "tests/language/toys.h"

using namespace orrery;
using namespace orrery::language;
using namespace orrery::language::test;

class TestSampling : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void temperatureTopKAndTopP() {
        const std::vector<float> logits = {0, 1, 2, 3};
        const double z = 1 + M_E + std::exp(2.) + std::exp(3.);
        const Distribution p = distribution(logits, {});
        for (std::size_t i = 0; i < 4; ++i) WITHIN(p[i] - std::exp(double(i)) / z, 1e-15);
        QCOMPARE(distribution(logits, {.temperature = 0}), (Distribution{0, 0, 0, 1}));
        const Distribution hot = distribution(logits, {.temperature = 2});
        WITHIN(hot[3] / hot[2] - std::exp(0.5), 1e-14);
        const Distribution two = distribution(logits, {.topK = 2});
        QCOMPARE(two[0] + two[1], 0.0);
        WITHIN(two[3] / two[2] - M_E, 1e-14);
        WITHIN(two[2] + two[3] - 1, 1e-15);
        // p = .032 .087 .237 .644: the token that reaches the share stays
        const Distribution share = distribution(logits, {.topP = .7});
        QCOMPARE(share[0] + share[1], 0.0);
        QVERIFY(share[2] > 0);
        QCOMPARE(distribution(logits, {.topP = .6})[3], 1.0);
        QCOMPARE(distribution(std::vector<float>{1, 1, 1}, {.topK = 2})[2], 0.0); // of equal ones the first
        QCOMPARE(distribution(std::vector<float>{1, 1, 1}, {.temperature = 0}), (Distribution{1, 0, 0}));
    }

    void probabilitiesAreReshapedAsLogitsAre() {
        const std::vector<float> logits = {0.3f, -1, 2, 0.5f, 1.5f};
        const Distribution p = distribution(logits, {});
        for (const Sampling s : {Sampling{.temperature = .7}, Sampling{.temperature = 1.6, .topK = 3}, Sampling{.topP = .8}}) {
            const Distribution a = distribution(logits, s), b = reshape(p, s);
            for (std::size_t i = 0; i < 5; ++i) WITHIN(a[i] - b[i], 1e-14);
        }
    }

    void extremeLogitsStayFinite() {
        const Distribution p = distribution(std::vector<float>{1e30f, -1e30f, -INFINITY}, {});
        QCOMPARE(p, (Distribution{1, 0, 0}));
    }

    void drawsFollowTheLaw() {
        const Distribution p = {0, .25, 0, .5, .25, 0};
        QCOMPARE(draw(p, 1e-12), 1);
        QCOMPARE(draw(p, .2499), 1);
        QCOMPARE(draw(p, .2501), 3);
        QCOMPARE(draw(p, 1 - 1e-16), 4); // never one that has no probability
        QCOMPARE(draw(std::vector<double>{0, 0, 3}, .5), 2);
    }

    void coinsDependOnWhereTheyFallAlone() {
        const Coins a{7}, b{8};
        QCOMPARE(a(Stream::text, 5), a(Stream::text, 5));
        QVERIFY(a(Stream::text, 5) != a(Stream::text, 6));
        QVERIFY(a(Stream::text, 5) != a(Stream::accept, 5));
        QVERIFY(a(Stream::accept, 5, 0) != a(Stream::accept, 5, 1));
        QVERIFY(a(Stream::text, 5) != b(Stream::text, 5));
        double sum = 0, square = 0;
        for (int i = 0; i < 100000; ++i) {
            const double u = a(Stream::accept, i, 3);
            QVERIFY(u > 0 && u < 1);
            sum += u, square += u * u;
        }
        WITHIN(sum / 1e5 - .5, 5 * std::sqrt(1. / 12 / 1e5));
        WITHIN(square / 1e5 - 1. / 3, 5 * std::sqrt(4. / 45 / 1e5));
    }

    /// Tabulated values of the chi-square law.
    void chiSquareTail_data() {
        QTest::addColumn<double>("x");
        QTest::addColumn<int>("freedom");
        QTest::addColumn<double>("p");
        QTest::newRow("1 at 5%") << 3.841458820694124 << 1 << .05;
        QTest::newRow("10 at 5%") << 18.307038053275146 << 10 << .05;
        QTest::newRow("2 is exponential") << 9.210340371976184 << 2 << .01;
        QTest::newRow("100 at 0.1%") << 149.44925277903886 << 100 << .001;
        QTest::newRow("4 far out") << 60. << 4 << 31 * std::exp(-30.); // e^-x/2 (1 + x/2)
    }
    void chiSquareTail() {
        QFETCH(double, x);
        QFETCH(int, freedom);
        QFETCH(double, p);
        WITHIN(language::chiSquareTail(x, freedom) / p - 1, 1e-9);
    }

    void whatALawForbidsIsNeverRight() {
        const std::vector<std::int64_t> counts = {99, 1};
        QCOMPARE(goodness(counts, std::vector<double>{1, 0}).p, 0.0);
        QVERIFY(goodness(counts, std::vector<double>{.99, .01}).p > .9);
        const std::vector<std::int64_t> off = {600, 400};
        WITHIN(goodness(off, std::vector<double>{.5, .5}).statistic - 40, 1e-12);
    }

    void distancesOfLaws() {
        const Distribution p = {.5, .5, 0}, q = {.25, .25, .5};
        WITHIN(totalVariation(p, q) - .5, 1e-15);
        WITHIN(divergence(p, q) - std::log(2.), 1e-15);
        QCOMPARE(divergence(q, p), double(INFINITY));
        WITHIN(entropy(p) - std::log(2.), 1e-15);
    }
};

QTEST_GUILESS_MAIN(TestSampling)
#include "tst_sampling.moc"
