// SPDX-License-Identifier: GPL-3.0-or-later
// UMAP: its curve, its graph, its first layout, and what comes out of the digits.
#include "tests/embedding/descent.h"

#include <QtTest/QtTest>

using namespace orrery;
using namespace orrery::embedding;
using namespace orrery::test;

class TestUmap : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void curves();
    void membershipsAddUp();
    void sigmaHasAFloor();
    void partsThatDoNotTouch();
    void digitsByUmap();
    void umapWithoutScikit();
};

/// Check 10.
void TestUmap::curves() {
    const double known[][3] = {{0.1, 1.57694346, 0.89506088},
                               {0.01, 1.89560587, 0.80063784},
                               {0.001, 1.92907340, 0.79150453},
                               {0.5, 0.58303002, 1.33416699}};
    for (const auto& [minDist, a, b] : known) { // the fit ends where it may: both reach the least squares to 7 digits
        const Curve c = curveOf(minDist, 1);
        QVERIFY(std::abs(c.a - a) < 2e-6 && std::abs(c.b - b) < 2e-6);
    }
}

/// Check 11.
void TestUmap::membershipsAddUp() {
    const Table table = mixture(800, 10, 5, 2);
    const FuzzyGraph f = fuzzyGraph(near(table.values, 14));
    int floored = 0;
    for (std::size_t i = 0; i < 800; ++i) {
        double sum = 0;
        for (std::size_t j = 0; j < 14; ++j) sum += f.memberships[14 * i + j];
        floored += f.rows[i].floored;
        QVERIFY(f.rows[i].floored || std::abs(sum - std::log2(15.0)) < 1e-4);
    }
    QCOMPARE(floored, 0);
    const auto weight = [&](std::int64_t i, std::int64_t j) {
        const auto begin = f.graph.index.begin() + f.graph.start[std::size_t(i)],
                   end = f.graph.index.begin() + f.graph.start[std::size_t(i) + 1];
        const auto at = std::lower_bound(begin, end, std::int32_t(j));
        return at != end && *at == j ? f.graph.weight[std::size_t(at - f.graph.index.begin())] : 0.0F;
    };
    const Neighbours n = near(table.values, 14);
    const auto membership = [&](std::int64_t i, std::int64_t j) {
        for (std::size_t s = 0; s < 14; ++s)
            if (n.of(i)[s] == j) return double(f.memberships[std::size_t(i) * 14 + s]);
        return 0.0;
    };
    for (std::int64_t i = 0; i < 800; ++i)
        for (std::int64_t e = f.graph.start[std::size_t(i)]; e < f.graph.start[std::size_t(i) + 1]; ++e) {
            const std::int64_t j = f.graph.index[std::size_t(e)];
            const double w = f.graph.weight[std::size_t(e)], a = membership(i, j), b = membership(j, i);
            QVERIFY(w >= 0 && w <= 1 && j != i);
            QVERIFY2(weight(j, i) == f.graph.weight[std::size_t(e)], "symmetric to the bit");
            QVERIFY(std::abs(w - (a + b - a * b)) < 1e-6);
        }
}

/// rho is the nearest that is not at distance 0, sigma at least a thousandth of the mean distance: of the row, or of all where every
/// neighbour is a twin (umap-learn's smooth_knn_dist).
void TestUmap::sigmaHasAFloor() {
    const Neighbours n{4, 3, {1, 2, 3, 0, 2, 3, 0, 1, 3, 0, 1, 2}, {0, 2, 9, 3, 3, 3, 0, 0, 0, 1, 2, 4}};
    const FuzzyGraph f = fuzzyGraph(n);
    const double rho[] = {2, 3, 0, 1};
    for (std::size_t i = 0; i < 4; ++i) QCOMPARE(f.rows[i].rho, rho[i]);
    // Rows 1 and 2: three memberships of 1 at any sigma, where log2(4) = 2 are wanted. Row 0: two of them, and 2 is met at sigma 0.
    QVERIFY(f.rows[1].floored && f.rows[2].floored && !f.rows[3].floored);
    QVERIFY(std::abs(f.rows[1].sigma - 3e-3) < 1e-12);
    QVERIFY(std::abs(f.rows[2].sigma - 1e-3 * 27 / 12) < 1e-12);
    double sum = 0;
    for (const double d : {0.0, 1.0, 3.0}) sum += std::exp(-d / f.rows[3].sigma);
    QVERIFY(std::abs(sum - 2) < 1e-8);
    QVERIFY(f.memberships[0] == 1 && f.memberships[1] == 1 && f.memberships[3] == 1 && f.memberships[9] == 1);
}

/// Two islands: told, and no eigenvector is sought.
void TestUmap::partsThatDoNotTouch() {
    const Table table = mixture(400, 10, 2, 60);
    const FuzzyGraph f = fuzzyGraph(near(table.values, 14));
    QCOMPARE(f.components, 2);
    Progress progress;
    QCOMPARE(spectralLayout(f, 2, 1, progress).rows(), std::int64_t(0));
    const Table one = mixture(400, 10, 1, 0);
    const FuzzyGraph g = fuzzyGraph(near(one.values, 14));
    const Matrix layout = spectralLayout(g, 2, 1, progress);
    QCOMPARE(layout.rows(), std::int64_t(400));
    // Eigenvectors of I - D^-1/2 W D^-1/2: the residual is small beside the vector.
    std::vector<double> root(400);
    for (std::size_t i = 0; i < 400; ++i) {
        for (std::int64_t e = g.graph.start[i]; e < g.graph.start[i + 1]; ++e) root[i] += g.graph.weight[std::size_t(e)];
        root[i] = std::sqrt(root[i]);
    }
    for (std::size_t d = 0; d < 2; ++d) {
        double xx = 0, xy = 0, residual = 0;
        std::vector<double> y(400);
        for (std::size_t i = 0; i < 400; ++i) {
            for (std::int64_t e = g.graph.start[i]; e < g.graph.start[i + 1]; ++e) {
                const auto j = std::size_t(g.graph.index[std::size_t(e)]);
                y[i] += g.graph.weight[std::size_t(e)] * layout.row(std::int64_t(j))[d] / root[j] / root[i];
            }
            xx += std::pow(double(layout.row(std::int64_t(i))[d]), 2), xy += layout.row(std::int64_t(i))[d] * y[i];
        }
        for (std::size_t i = 0; i < 400; ++i) residual += std::pow(y[i] - xy / xx * layout.row(std::int64_t(i))[d], 2);
        QVERIFY(std::sqrt(residual / xx) < 1e-3);
    }
}

/// Check 12.
void TestUmap::digitsByUmap() {
    const auto table = digits(), flowers = iris();
    NEEDS_SKLEARN(table && flowers);
    Progress progress;
    const auto graph = std::make_shared<const FuzzyGraph>(fuzzyGraph(near(table->values, 14)));
    Umap umap(graph, 1);
    const State state = descend(umap, umapStart(spectralLayout(*graph, 2, 1, progress), 1), {}, 500);
    QVERIFY2(judged(*table, state.y, 12).trust.value >= 0.985,
             qPrintable(QString::number(judged(*table, state.y, 12).trust.value)));
    QVERIFY(judged(*table, state.y, 15).recall.value >= 0.52 && judged(*table, state.y, 15).accuracy.value >= 0.985);
    Umap small(std::make_shared<const FuzzyGraph>(fuzzyGraph(near(flowers->values, 14))), 1);
    QVERIFY(judged(*flowers, descend(small, umapStart(leading(flowers->values, 2), 1), {}, 500).y, 10).trust.value >= 0.97);
}

void TestUmap::umapWithoutScikit() {
    const Table table = mixture(1000, 12, 6, 2);
    Umap umap(std::make_shared<const FuzzyGraph>(fuzzyGraph(near(table.values, 14))), 3);
    const State begin = umapStart(leading(table.values, 2), 3);
    const double before = umap.loss(begin, {}).attraction;
    const State state = descend(umap, begin, {}, 500);
    QVERIFY(umap.loss(state, {}).attraction < 0.6 * before);
    QVERIFY(judged(table, state.y, 12).accuracy.value > 0.99);
    for (const float v : state.y.interleaved()) QVERIFY(std::isfinite(v));
}

QTEST_GUILESS_MAIN(TestUmap)
#include "tst_umap.moc"
