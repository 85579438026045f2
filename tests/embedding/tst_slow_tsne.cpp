// SPDX-License-Identifier: GPL-3.0-or-later
// The whole of check 5 on scikit-learn's digits: every pair attracts and repels for 1,000 steps; and the time of a step over the
// number of points.
#include "engine/labs/embedding/pca.h"
#include "engine/labs/embedding/tsne.h"
#include "tests/embedding/data.h"

#include <QtTest/QtTest>

using namespace orrery;
using namespace orrery::embedding;
using namespace orrery::test;

class TestSlowTsne : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void digitsWithEveryPair();
    void stepsAreLinear();
};

void TestSlowTsne::digitsWithEveryPair() {
    const auto table = digits();
    NEEDS_SKLEARN(table);
    Progress progress;
    const auto a = std::make_shared<const Affinities>(
        affinities(exactNeighbours(table->values, table->rows() - 1, Metric::euclid, progress), 30));
    Tsne tsne(a, Repulsion::exact);
    State state = tsneStart(pca(table->values, {.components = 2}, progress).project(table->values, 2));
    for (int i = 0; i < 1000; ++i) tsne.step(state, {}, i);
    const double kl = tsne.loss(state, {}).total;
    QVERIFY2(kl <= 0.6805, qPrintable(QString::number(kl)));
}

/// At the same density; processor time of all cores, the least of three.
void TestSlowTsne::stepsAreLinear() {
    std::vector<double> perPoint;
    for (const std::int64_t n : {25000, 50000, 100000}) {
        PicturePoints y(n, 2), push(n, 2);
        for (std::int64_t i = 0; i < n; ++i)
            for (int d = 0; d < 2; ++d)
                y[d][i] = float(60 * std::sqrt(double(n) / 25000) *
                                (unitOpen(philox(4, std::uint32_t(i), std::uint32_t(d), 1)[0]) - 0.5));
        GridRepulsion grid;
        grid.run(y, push);
        double least = 1e9;
        for (int i = 0; i < 3; ++i) {
            const std::clock_t begin = std::clock();
            grid.run(y, push);
            least = std::min(least, double(std::clock() - begin) / CLOCKS_PER_SEC);
        }
        perPoint.push_back(1e9 * least / double(n));
        qInfo("%lld points: %.2f ms, %.0f ns a point, %d nodes a side", static_cast<long long>(n), 1e3 * least, perPoint.back(),
              grid.nodes());
    }
    QVERIFY2(perPoint[2] < 2 * perPoint[0], "four times the points, not sixteen times the work");
}

QTEST_GUILESS_MAIN(TestSlowTsne)
#include "tst_slow_tsne.moc"
