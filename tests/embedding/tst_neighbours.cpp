// SPDX-License-Identifier: GPL-3.0-or-later
// Neighbours against a plain search in float64, ties included; NN-descent finds them, and the same ones on every run; figures of
// quality against their definition.
#include "engine/labs/embedding/neighbours.h"
#include "engine/labs/embedding/pca.h"
#include "engine/labs/embedding/quality.h"
#include "engine/tensor/host_threads.h"
#include "tests/embedding/plain.h"
#include "tests/support/error_of.h"

#include <QtTest/QtTest>

#include <cmath>

using namespace orrery;
using namespace orrery::embedding;
using namespace orrery::test;

namespace {

Neighbours exact(const Matrix& m, std::int64_t k, Metric metric) {
    Progress progress;
    return exactNeighbours(m, k, metric, progress);
}

} // namespace

class TestNeighbours : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void exactIsExact_data();
    void exactIsExact();
    void farFromTheOriginToo();
    void fewQueriesAsMany();
    void digitsAgree();
    void descentFindsThemTwice();
    void degenerateTables();
    void qualityByItsDefinition();
    void digitsAreJudgedAsByScikit();
    void aPerfectAndARandomPicture();
    void samplesSayHowSure();
    void aPictureThatHasRunOutOfNumbers();
};

void TestNeighbours::exactIsExact_data() {
    QTest::addColumn<int>("metric");
    QTest::addColumn<int>("levels");
    for (const auto& [name, metric] : {std::pair{"euclid", Metric::euclid}, {"cosine", Metric::cosine}, {"dot", Metric::dot}})
        for (const int levels : {3, 1000}) QTest::addRow("%s, %d levels", name, levels) << int(metric) << levels;
}

/// Check 13: recall 1 with the order of ties.
void TestNeighbours::exactIsExact() {
    QFETCH(int, metric);
    QFETCH(int, levels);
    // Rounded cosines tie where exact ones do not, and the other way round: there only the distances must agree.
    const Matrix m = lattice(700, 17, levels);
    const Neighbours found = exact(m, 20, Metric(metric)), truth = naive(m, 20, Metric(metric));
    if (Metric(metric) != Metric::cosine)
        QVERIFY(found.index == truth.index);
    else
        for (std::size_t i = 0; i < truth.distance.size(); ++i) QVERIFY(std::abs(found.distance[i] - truth.distance[i]) < 1e-6F);
    for (std::int64_t i = 0; i < found.n; ++i)
        for (const std::int32_t j : found.of(i)) QVERIFY(j != i);
}

/// |x|^2 - 2xy + |y|^2 alone would lose all digits of these distances.
void TestNeighbours::farFromTheOriginToo() {
    Matrix near = lattice(500, 6, 50);
    std::vector<float> moved(near.all().begin(), near.all().end());
    for (float& v : moved) v += 4096;
    moved[0] = 1e6F; // and one row far away from all
    const Matrix m(500, 6, std::move(moved));
    QVERIFY(exact(m, 15, Metric::euclid).index == naive(m, 15, Metric::euclid).index);
}

void TestNeighbours::fewQueriesAsMany() {
    const Matrix m = lattice(400, 9, 4);
    Progress progress;
    const Neighbours all = exact(m, 10, Metric::euclid);
    const std::int64_t rows[] = {0, 17, 399};
    const Neighbours three = neighboursOf(m, rows, 10, Metric::euclid, progress);
    for (int q = 0; q < 3; ++q) QVERIFY(std::equal(three.of(q).begin(), three.of(q).end(), all.of(rows[q]).begin()));
    const Neighbours point =
        nearestTo(m, Matrix(1, 9, std::vector<float>(m.row(17).begin(), m.row(17).end())), 1, Metric::euclid, progress);
    QCOMPARE(point.distance[0], 0.0F); // of a point that is no row, a row at the same place counts
}

void TestNeighbours::digitsAgree() {
    const auto table = digits();
    NEEDS_SKLEARN(table);
    QVERIFY(exact(table->values, 15, Metric::euclid).index == naive(table->values, 15, Metric::euclid).index);
    Progress progress;
    const Neighbours found = approximateNeighbours(table->values, 15, Metric::euclid, 1, progress);
    QVERIFY(recall(found, exact(table->values, 15, Metric::euclid)) >= 0.95);
    const Neighbours again = approximateNeighbours(table->values, 15, Metric::euclid, 1, progress);
    QVERIFY2(found.index == again.index && found.distance == again.distance, "the same lists on two runs");
}

/// And whatever the number of threads.
void TestNeighbours::descentFindsThemTwice() {
    const Table table = mixture(5000, 20, 12, 2);
    Progress progress;
    const Neighbours first = approximateNeighbours(table.values, 15, Metric::euclid, 4, progress);
    QVERIFY2(recall(first, exact(table.values, 15, Metric::euclid)) >= 0.95, "recall");
    tensor::host::useCores(3);
    const Neighbours second = approximateNeighbours(table.values, 15, Metric::euclid, 4, progress);
    tensor::host::useCores(0);
    QVERIFY(first.index == second.index && first.distance == second.distance);
    const Neighbours angle = approximateNeighbours(table.values, 15, Metric::cosine, 4, progress);
    QVERIFY(recall(angle, exact(table.values, 15, Metric::cosine)) >= 0.95);
}

void TestNeighbours::degenerateTables() {
    const Matrix twins(40, 3, std::vector<float>(120, 2.5F));
    const Neighbours all = exact(twins, 39, Metric::euclid);
    for (std::int64_t j = 0; j < 39; ++j) QCOMPARE(all.of(5)[std::size_t(j)], std::int32_t(j < 5 ? j : j + 1));
    const Neighbours zero = exact(Matrix(12, 3), 4, Metric::cosine);
    for (const float d : zero.distance) QCOMPARE(d, 1.0F);
    QVERIFY(errorOf([] { exact(Matrix(1, 3), 4, Metric::euclid); }).find("two rows") != std::string::npos);
    QCOMPARE(exact(Matrix(3, 2), 100, Metric::euclid).k, std::int64_t(2));
}

void TestNeighbours::qualityByItsDefinition() {
    const Table table = mixture(240, 7, 4, 2);
    PicturePoints y(240, 2);
    std::vector<float> picture;
    for (std::int64_t i = 0; i < 240; ++i)
        for (int d = 0; d < 2; ++d) y[d][i] = table.values.row(i)[std::size_t(d)], picture.push_back(y[d][i]);
    const Matrix flat(240, 2, std::move(picture));
    const std::int64_t n = 240, k = 9;
    const Neighbours ranksTable = naive(table.values, n - 1, Metric::euclid), ranksPicture = naive(flat, n - 1, Metric::euclid);
    const auto rank = [n](const Neighbours& of, std::int64_t i, std::int32_t j) {
        return std::find(of.of(i).begin(), of.of(i).end(), j) - of.of(i).begin() + 1 + 0 * n;
    };
    double trust = 0, continuity = 0, hits = 0;
    for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t s = 0; s < k; ++s) {
            trust += double(std::max<std::int64_t>(0, rank(ranksTable, i, ranksPicture.of(i)[std::size_t(s)]) - k));
            continuity += double(std::max<std::int64_t>(0, rank(ranksPicture, i, ranksTable.of(i)[std::size_t(s)]) - k));
            hits += rank(ranksTable, i, ranksPicture.of(i)[std::size_t(s)]) <= k;
        }
    const double scale = 2 / (double(n * k) * double(2 * n - 3 * k - 1));
    Progress progress;
    const Quality q = QualityProbe(table.values, Metric::euclid, 1000).measure(y, k, table.columns[0].values, progress);
    QVERIFY(std::abs(q.trust.value - (1 - scale * trust)) < 1e-6);
    QVERIFY(std::abs(q.continuity.value - (1 - scale * continuity)) < 1e-6);
    QVERIFY(std::abs(q.recall.value - hits / double(n * k)) < 1e-6);
    QCOMPARE(q.trust.error, 0.0);
    double mean = 0;
    for (const float t : q.trustOf) mean += t / 240.0;
    QVERIFY2(std::abs(mean - q.trust.value) < 1e-6, "the parts of single rows make up the whole");
    int torn = 0;
    for (std::int64_t i = 0; i < n; ++i) {
        std::int64_t farthest = -1, worst = 2 * k; // beyond the 2k nearest of the picture
        for (std::int64_t s = 0; s < k; ++s) {
            const std::int32_t j = ranksTable.of(i)[std::size_t(s)];
            if (const std::int64_t place = rank(ranksPicture, i, j); place > worst) farthest = j, worst = place;
        }
        QCOMPARE(q.tornFrom[std::size_t(i)], farthest);
        torn += farthest >= 0;
    }
    QVERIFY(torn > 10 && torn < n);
}

/// Check 9's figures of the first two principal components, as scikit-learn gives them to four digits. Votes may be equal: then each
/// has its own way to choose, in one row of a thousand.
void TestNeighbours::digitsAreJudgedAsByScikit() {
    const auto table = digits();
    NEEDS_SKLEARN(table);
    Progress progress;
    const Matrix two = pca(table->values, {.components = 2}, progress).project(table->values, 2);
    PicturePoints y(two.rows(), 2);
    for (std::int64_t i = 0; i < y.n; ++i)
        for (int d = 0; d < 2; ++d) y[d][i] = two.row(i)[std::size_t(d)];
    const QualityProbe probe(table->values, Metric::euclid, y.n);
    const auto judged = [&](std::int64_t k) { return probe.measure(y, k, table->columns[0].values, progress); };
    const Quality five = judged(5), twelve = judged(12), fifteen = judged(15);
    QVERIFY2(std::abs(five.trust.value - 0.8304) < 1e-4, qPrintable(QString::number(five.trust.value)));
    QVERIFY2(std::abs(twelve.trust.value - 0.8296) < 1e-4, qPrintable(QString::number(twelve.trust.value)));
    QVERIFY2(std::abs(fifteen.recall.value - 0.1512) < 1e-4, qPrintable(QString::number(fifteen.recall.value)));
    QVERIFY2(std::abs(fifteen.accuracy.value - 0.6433) < 1.2e-3, qPrintable(QString::number(fifteen.accuracy.value)));
}

void TestNeighbours::aPerfectAndARandomPicture() {
    const Table table = mixture(1000, 2, 5, 4);
    PicturePoints same(1000, 2), random(1000, 2);
    for (std::int64_t i = 0; i < 1000; ++i)
        for (int d = 0; d < 2; ++d) {
            same[d][i] = 3 * table.values.row(i)[std::size_t(d)];
            random[d][i] = float(normalPair(philox(8, std::uint32_t(i), std::uint32_t(d), 1))[0]);
        }
    Progress progress;
    const QualityProbe probe(table.values, Metric::euclid, 1000);
    const Quality good = probe.measure(same, 12, table.columns[0].values, progress),
                  bad = probe.measure(random, 12, table.columns[0].values, progress);
    QVERIFY(good.trust.value > 0.9999 && good.recall.value > 0.999 && good.correlation > 0.9999);
    QVERIFY2(std::abs(bad.trust.value - 0.5) < 0.03, "of neighbours drawn at random the mean rank is n / 2");
    QVERIFY(std::abs(bad.recall.value - 12.0 / 999) < 0.005);
    QVERIFY(std::abs(bad.correlation) < 0.05);
    QVERIFY(good.accuracy.value > bad.accuracy.value + 0.5);
}

void TestNeighbours::samplesSayHowSure() {
    const Table table = mixture(3000, 10, 6, 1);
    PicturePoints y(3000, 2);
    for (std::int64_t i = 0; i < 3000; ++i)
        for (int d = 0; d < 2; ++d) y[d][i] = table.values.row(i)[std::size_t(d)];
    Progress progress;
    const Quality all = QualityProbe(table.values, Metric::euclid, 3000).measure(y, 12, {}, progress),
                  some = QualityProbe(table.values, Metric::euclid, 500).measure(y, 12, {}, progress);
    QCOMPARE(some.rows.size(), std::size_t(500));
    QVERIFY(some.trust.error > 0 && some.recall.error > 0);
    QVERIFY2(std::abs(some.trust.value - all.trust.value) < 5 * some.trust.error, "within five of its own standard errors");
    QVERIFY(std::abs(some.recall.value - all.recall.value) < 5 * some.recall.error);
    QCOMPARE(all.accuracy.value, -1.0);
}

/// Should an optimiser ever leave float32: figures, and no end of the program.
void TestNeighbours::aPictureThatHasRunOutOfNumbers() {
    const Table table = mixture(100, 4, 3, 2);
    Progress progress;
    for (const float value : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), 3e38F}) {
        PicturePoints y(100, 2, value);
        for (std::int64_t i = 0; i < 5; ++i) y[0][i] = y[1][i] = float(i);
        const Quality q = QualityProbe(table.values, Metric::euclid, 100).measure(y, 12, table.columns[0].values, progress);
        QVERIFY(q.trust.value >= 0 && q.trust.value <= 1 && q.recall.value >= 0 && q.recall.value <= 1);
    }
}

QTEST_GUILESS_MAIN(TestNeighbours)
#include "tst_neighbours.moc"
