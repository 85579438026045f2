// SPDX-License-Identifier: GPL-3.0-or-later
// t-SNE: calibration, closed forms, the gradient against differences, published and measured losses, laws of the forces, the grid
// against all pairs, the same bits on every run and for every number of threads.
#include "tests/embedding/descent.h"

#include <QtTest/QtTest>

using namespace orrery;
using namespace orrery::embedding;
using namespace orrery::test;

class TestTsne : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void twoNeighboursInClosedForm();
    void calibrationOfIrisAndDigits();
    void perplexityIsMetOrClamped();
    void theFirstLossIsKnown();
    void gradientIsTheSlope_data();
    void gradientIsTheSlope();
    void forcesCancel();
    void anEquilateralTriangleRests();
    void gridIsAllPairs_data();
    void gridIsAllPairs();
    void gridOfTightClusters();
    void irisLoss();
    void digitsLossAndQuality();
    void theSameBits_data();
    void theSameBits();
    void twinsAndConstants();
};

/// Check 8: p = 1 / (1 + e^(-beta D)) has the entropy ln(perplexity); solved here for p by bisection of the entropy alone.
void TestTsne::twoNeighboursInClosedForm() {
    for (const double perplexity : {1.1, 1.5, 1.9}) {
        double low = 0.5, high = 1;
        for (int i = 0; i < 200; ++i) {
            const double p = (low + high) / 2;
            (-p * std::log(p) - (1 - p) * std::log(1 - p) > std::log(perplexity) ? low : high) = p;
        }
        const double squared[] = {2.0, 5.5};
        double p[2];
        const Calibrated found = calibrate(squared, perplexity, p);
        QVERIFY(std::abs(found.beta - std::log(low / (1 - low)) / 3.5) < 1e-9);
        QVERIFY(std::abs(p[0] - low) < 1e-9 && !found.clamped);
    }
}

/// Check 3.
void TestTsne::calibrationOfIrisAndDigits() {
    const auto flowers = iris(), figures = digits();
    NEEDS_SKLEARN(flowers && figures);
    const auto a = calibrated(flowers->values, 30, true), b = calibrated(figures->values, 30, true);
    const double flower[] = {6.99762647, 4.71089033, 5.55408666, 4.05602716},
                 figure[] = {0.01397035, 0.00814994, 0.00529021, 0.00777409};
    for (std::size_t i = 0; i < 4; ++i) { // distances are rounded to float32: 1.2e-7 of a square, twice that of beta
        QVERIFY(std::abs(a->rows[i].beta / flower[i] - 1) < 1e-6);
        QVERIFY(std::abs(b->rows[i].beta / figure[i] - 1) < 1e-6);
    }
    std::vector<double> betas;
    for (const Calibrated& row : b->rows) {
        betas.push_back(row.beta);
        QVERIFY(std::abs(row.perplexity - 30) <= 1e-5);
    }
    std::sort(betas.begin(), betas.end());
    QVERIFY(std::abs(betas.front() / 0.0033195836 - 1) < 1e-6 && std::abs(betas[898] / 0.0073934390 - 1) < 1e-6 &&
            std::abs(betas.back() / 0.0214417858 - 1) < 1e-6);
    // Check 4.
    Tsne flowerDescent(a, Repulsion::exact), figureDescent(b, Repulsion::exact);
    QVERIFY(std::abs(flowerDescent.loss(tsneStart(leading(flowers->values, 2)), {}).total - 1.528621) < 2e-6);
    QVERIFY(std::abs(figureDescent.loss(tsneStart(leading(figures->values, 2)), {}).total - 3.981095) < 2e-6);
}

void TestTsne::perplexityIsMetOrClamped() {
    const Table table = mixture(600, 12, 4, 2);
    for (const double perplexity : {2.0, 30.0, 150.0}) {
        const auto found = calibrated(table.values, perplexity, false);
        for (const Calibrated& row : found->rows) QVERIFY(std::abs(row.perplexity - perplexity) <= 1e-5);
    }
    double p[4];
    const double equal[] = {3, 3, 3, 3}, twins[] = {0, 0, 0, 9};
    QVERIFY(calibrate(equal, 2, p).clamped);
    QCOMPARE(p[2], 0.25);
    QVERIFY2(calibrate(twins, 2, p).clamped, "three at the same distance: no perplexity below three");
    QVERIFY(std::abs(p[0] - 1.0 / 3) < 1e-12 && std::isfinite(p[3]));
    const double three[] = {1, 2, 3};
    QVERIFY(calibrate(three, 3, std::span(p).first(3)).clamped);
}

/// Check 4 without scikit-learn: all Q equal.
void TestTsne::theFirstLossIsKnown() {
    const Table table = mixture(300, 10, 3, 2);
    const auto a = calibrated(table.values, 20, true);
    Tsne tsne(a, Repulsion::exact);
    QVERIFY(std::abs(tsne.loss(tsneStart(leading(table.values, 2)), {}).total - (a->entropy + std::log(300.0 * 299))) < 1e-5);
    const State later = descend(tsne, tsneStart(leading(table.values, 2)), {}, 300);
    const Loss loss = tsne.loss(later, {});
    QVERIFY2(std::abs(loss.total - divergence(*a, later.y)) < 1e-5, "the parts make up KL(P || Q)");
}

void TestTsne::gradientIsTheSlope_data() {
    QTest::addColumn<int>("dims");
    QTest::newRow("plane") << 2;
    QTest::newRow("space") << 3;
}

/// Central differences of the definition in float64: h^2 / 6 of the third derivative, here below 1e-7; float32 sums 1e-6.
void TestTsne::gradientIsTheSlope() {
    QFETCH(int, dims);
    const Table table = mixture(60, 5, 3, 2);
    const auto a = calibrated(table.values, 6, true);
    State state{cloud(60, dims, 2), {}, {}};
    PicturePoints slope;
    Tsne(a, Repulsion::exact).gradient(state, 1, slope);
    double largest = 0;
    for (std::int64_t i = 0; i < 60; ++i)
        for (int d = 0; d < dims; ++d) largest = std::max(largest, double(std::abs(slope[d][i])));
    for (const std::int64_t i : {0, 7, 59})
        for (int d = 0; d < dims; ++d) {
            PicturePoints up = state.y, down = state.y;
            up[d][i] += 0x1p-8F, down[d][i] -= 0x1p-8F;
            const double difference = (divergence(*a, up) - divergence(*a, down)) / (double(up[d][i]) - double(down[d][i]));
            QVERIFY(std::abs(difference - slope[d][i]) < 2e-4 * largest);
        }
}

/// Check 7: no force from outside, no torque. Against the size of what is added up, float32 leaves 1e-6.
void TestTsne::forcesCancel() {
    const Table table = mixture(400, 8, 4, 2);
    State state{cloud(400, 2, 8), {}, {}};
    PicturePoints g;
    Tsne(calibrated(table.values, 10, false), Repulsion::exact).gradient(state, 1, g);
    double sumX = 0, sumY = 0, torque = 0, size = 0, lever = 0;
    for (std::int64_t i = 0; i < 400; ++i) {
        sumX += g[0][i], sumY += g[1][i], size += std::hypot(g[0][i], g[1][i]);
        torque += double(state.y[0][i]) * g[1][i] - double(state.y[1][i]) * g[0][i],
            lever += std::hypot(state.y[0][i], state.y[1][i]) * std::hypot(g[0][i], g[1][i]);
    }
    QVERIFY(std::abs(sumX) < 1e-5 * size && std::abs(sumY) < 1e-5 * size && std::abs(torque) < 1e-5 * lever);
}

void TestTsne::anEquilateralTriangleRests() {
    const Matrix m(3, 3, {1, 0, 0, 0, 1, 0, 0, 0, 1});
    const auto a = calibrated(m, 1.5, true);
    State state{PicturePoints(3, 2), {}, {}};
    for (int i = 0; i < 3; ++i) state.y[0][i] = float(std::cos(2.0943951 * i)), state.y[1][i] = float(std::sin(2.0943951 * i));
    PicturePoints g;
    Tsne(a, Repulsion::exact).gradient(state, 1, g);
    for (int i = 0; i < 3; ++i) QVERIFY(std::hypot(g[0][i], g[1][i]) < 1e-6);
}

void TestTsne::gridIsAllPairs_data() {
    QTest::addColumn<int>("dims");
    QTest::addColumn<double>("size");
    for (const double size : {1e-4, 0.05, 0.5, 2.0, 10.0, 40.0}) QTest::addRow("plane, %g", size) << 2 << size;
    for (const double size : {1e-4, 0.5, 2.0}) QTest::addRow("space, %g", size) << 3 << size;
}

/// Check 7: within 1e-3 at the spacing that is the default, and less with a finer grid.
void TestTsne::gridIsAllPairs() {
    QFETCH(int, dims);
    QFETCH(double, size);
    const PicturePoints y = cloud(2000, dims, size);
    PicturePoints exactly(2000, dims), byGrid = exactly, finer = exactly;
    const double z = exactRepulsion(y, exactly);
    GridRepulsion grid, fine({.spacing = 0.15});
    const double zGrid = grid.run(y, byGrid);
    QVERIFY2(std::abs(zGrid / z - 1) < 1e-4, qPrintable(QString::number(zGrid / z - 1)));
    QVERIFY2(away(byGrid, exactly) < 1e-3, qPrintable(QString::number(away(byGrid, exactly))));
    fine.run(y, finer);
    QVERIFY(away(finer, exactly) < std::max(1e-4, 0.5 * away(byGrid, exactly)));
    PicturePoints again(2000, dims);
    grid.run(cloud(500, dims, 3 * size), finer), grid.run(y, again); // what it did before leaves no trace
    QVERIFY(again == byGrid);
}

/// Points that lie on each other are off by the same: nothing averages out. Wherever between the nodes the clusters lie.
void TestTsne::gridOfTightClusters() {
    for (int dims = 2; dims <= 3; ++dims)
        for (std::uint32_t trial = 0; trial < 12; ++trial) {
            PicturePoints y = cloud(900, dims, 0.05, 7 + trial);
            for (std::int64_t i = 0; i < 900; ++i)
                for (int d = 0; d < dims; ++d)
                    y[d][i] += float(10 * (unitOpen(philox(trial, std::uint32_t(i % 3), std::uint32_t(d), 3)[0]) - 0.5));
            PicturePoints exactly(900, dims), byGrid = exactly;
            const double z = exactRepulsion(y, exactly);
            GridRepulsion grid;
            QVERIFY(std::abs(grid.run(y, byGrid) / z - 1) < 1e-4);
            QVERIFY2(away(byGrid, exactly) < 1e-3,
                     qPrintable(QString("%1-D, %2: %3").arg(dims).arg(trial).arg(away(byGrid, exactly))));
        }
}

/// Check 6.
void TestTsne::irisLoss() {
    const auto table = iris();
    NEEDS_SKLEARN(table);
    const auto a = calibrated(table->values, 30, true);
    Tsne tsne(a, Repulsion::exact);
    const State state = descend(tsne, tsneStart(leading(table->values, 2)), {}, 1000);
    const double kl = tsne.loss(state, {}).total;
    QVERIFY2(kl <= 0.12521, qPrintable(QString::number(kl)));
    Tsne approximate(calibrated(table->values, 30, false), Repulsion::grid); // 90 neighbours, judged by all of them
    const double other = tsne.loss(descend(approximate, tsneStart(leading(table->values, 2)), {}, 1000), {}).total;
    QVERIFY2(other <= 0.12732, qPrintable(QString::number(other)));
}

/// Checks 5 (approximate P: 90 neighbours) and 9. The dense P and 1,000 steps are in tst_slow_tsne.cpp.
void TestTsne::digitsLossAndQuality() {
    const auto table = digits();
    NEEDS_SKLEARN(table);
    Tsne tsne(calibrated(table->values, 30, false), Repulsion::automatic);
    const State state = descend(tsne, tsneStart(leading(table->values, 2)), {}, 1000);
    const double kl = Tsne(calibrated(table->values, 30, true), Repulsion::exact).loss(state, {}).total;
    QVERIFY2(kl <= 0.7116, qPrintable(QString::number(kl)));
    const Quality five = judged(*table, state.y, 5), twelve = judged(*table, state.y, 12), fifteen = judged(*table, state.y, 15);
    QVERIFY(five.trust.value >= 0.994 && twelve.trust.value >= 0.991);
    QVERIFY(fifteen.recall.value >= 0.585 && fifteen.accuracy.value >= 0.985);
}

void TestTsne::theSameBits_data() {
    QTest::addColumn<QString>("how");
    for (const char* how : {"pairs", "grid", "grid in space", "umap", "umap in space"}) QTest::newRow(how) << QString(how);
}

/// Check 14: twice, and with another number of threads; and from a state kept on the way.
void TestTsne::theSameBits() {
    QFETCH(QString, how);
    const Table table = mixture(1500, 10, 5, 2);
    const int dims = how.contains("space") ? 3 : 2;
    const Matrix first = leading(table.values, dims);
    const auto make = [&]() -> std::shared_ptr<Optimiser> {
        if (how.startsWith("umap"))
            return std::make_shared<Umap>(std::make_shared<const FuzzyGraph>(fuzzyGraph(near(table.values, 14))), 5);
        return std::make_shared<Tsne>(calibrated(table.values, 30, false),
                                      how.startsWith("grid") ? Repulsion::grid : Repulsion::exact);
    };
    const State begin = how.startsWith("umap") ? umapStart(first, 5) : tsneStart(first);
    const auto one = make();
    const State middle = descend(*one, begin, {}, 30);
    State a = middle;
    for (int i = 30; i < 60; ++i) one->step(a, {}, i);
    tensor::host::useCores(how.contains("grid in") ? 0 : 5); // FFTW in space plans for the cores that there are
    const State b = descend(*make(), begin, {}, 60);
    tensor::host::useCores(0);
    QVERIFY2(a == b, "threads");
    State c = middle;
    const auto other = make();
    for (int i = 30; i < 60; ++i) other->step(c, {}, i);
    QVERIFY2(a == c, "taken up half-way");
    QVERIFY(!(a == begin));
}

/// Zero distances and columns that never change: no NaN, no hang.
void TestTsne::twinsAndConstants() {
    std::vector<float> values(std::size_t(200 * 4), 1.0F);
    for (std::size_t i = 0; i < 100; ++i) values[4 * i] = float(i % 3); // many equal rows
    const Matrix m(200, 4, std::move(values));
    Tsne tsne(calibrated(m, 10, false), Repulsion::exact);
    for (const float v : descend(tsne, tsneStart(leading(m, 2)), {}, 100).y.interleaved()) QVERIFY(std::isfinite(v));
    Umap umap(std::make_shared<const FuzzyGraph>(fuzzyGraph(near(m, 14))), 3);
    for (const float v : descend(umap, umapStart(leading(m, 2), 1), {}, 100).y.interleaved()) QVERIFY(std::isfinite(v));
}

QTEST_GUILESS_MAIN(TestTsne)
#include "tst_tsne.moc"
