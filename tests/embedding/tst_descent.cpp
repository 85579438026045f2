// SPDX-License-Identifier: GPL-3.0-or-later
// t-SNE and UMAP: calibration, closed forms, gradients against differences, published and measured losses, laws of the forces, the
// grid against all pairs, the same bits on every run and for every number of threads.
#include "engine/labs/embedding/curve.h"
#include "engine/labs/embedding/pca.h"
#include "engine/labs/embedding/quality.h"
#include "engine/labs/embedding/tsne.h"
#include "engine/labs/embedding/umap.h"
#include "engine/tensor/host_threads.h"
#include "tests/embedding/data.h"

#include <QtTest/QtTest>

#include <cmath>

using namespace orrery;
using namespace orrery::embedding;
using namespace orrery::test;

namespace {

Neighbours near(const Matrix& m, std::int64_t k) {
    Progress progress;
    return exactNeighbours(m, k, Metric::euclid, progress);
}
Matrix leading(const Matrix& m, int dims) {
    Progress progress;
    return pca(m, {.components = dims}, progress).project(m, dims);
}
std::shared_ptr<const Affinities> calibrated(const Matrix& m, double perplexity, bool dense) {
    return std::make_shared<const Affinities>(
        affinities(near(m, dense ? m.rows() - 1 : std::int64_t(3 * perplexity)), perplexity));
}
State descend(Optimiser& optimiser, State state, const Tuning& tuning, int steps) {
    for (int i = 0; i < steps; ++i) optimiser.step(state, tuning, i);
    return state;
}
Quality judged(const Table& table, const PicturePoints& y, std::int64_t k) {
    Progress progress;
    return QualityProbe(table.values, Metric::euclid, table.rows()).measure(y, k, table.columns[0].values, progress);
}
PicturePoints cloud(std::int64_t n, int dims, double size, std::uint64_t seed = 2) {
    PicturePoints y(n, dims);
    for (std::int64_t i = 0; i < n; ++i)
        for (int d = 0; d < dims; ++d) y[d][i] = float(size * normalPair(philox(seed, std::uint32_t(i), std::uint32_t(d), 6))[0]);
    return y;
}
/// KL of a dense P at a picture, in float64, from its definition.
double divergence(const Affinities& a, const PicturePoints& y) {
    const auto w = [&](std::int64_t i, std::int64_t j) {
        double square = 0;
        for (int d = 0; d < y.dims; ++d) square += std::pow(double(y[d][i]) - y[d][j], 2);
        return 1 / (1 + square);
    };
    double z = 0, kl = 0;
    for (std::int64_t i = 0; i < y.n; ++i)
        for (std::int64_t j = 0; j < y.n; ++j)
            if (i != j) z += w(i, j);
    for (std::int64_t i = 0; i < y.n; ++i)
        for (std::int64_t e = a.joint.start[std::size_t(i)]; e < a.joint.start[std::size_t(i) + 1]; ++e)
            if (const double p = a.joint.weight[std::size_t(e)]; p > 0)
                kl += p * std::log(p * z / w(i, a.joint.index[std::size_t(e)]));
    return kl;
}
double away(const PicturePoints& a, const PicturePoints& b) { // mean error as a share of the mean length
    double error = 0, length = 0;
    for (std::int64_t i = 0; i < a.n; ++i) {
        double e = 0, l = 0;
        for (int d = 0; d < a.dims; ++d) e += std::pow(double(a[d][i]) - b[d][i], 2), l += std::pow(double(b[d][i]), 2);
        error += std::sqrt(e), length += std::sqrt(l);
    }
    return error / length;
}

} // namespace

class TestDescent : public QObject {
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
    void irisLoss();
    void digitsLossAndQuality();
    void theSameBits_data();
    void theSameBits();
    void curves();
    void membershipsAddUp();
    void partsThatDoNotTouch();
    void digitsByUmap();
    void umapWithoutScikit();
    void twinsAndConstants();
};

/// Check 8: p = 1 / (1 + e^(-beta D)) has the entropy ln(perplexity); solved here for p by bisection of the entropy alone.
void TestDescent::twoNeighboursInClosedForm() {
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
void TestDescent::calibrationOfIrisAndDigits() {
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

void TestDescent::perplexityIsMetOrClamped() {
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
void TestDescent::theFirstLossIsKnown() {
    const Table table = mixture(300, 10, 3, 2);
    const auto a = calibrated(table.values, 20, true);
    Tsne tsne(a, Repulsion::exact);
    QVERIFY(std::abs(tsne.loss(tsneStart(leading(table.values, 2)), {}).total - (a->entropy + std::log(300.0 * 299))) < 1e-5);
    const State later = descend(tsne, tsneStart(leading(table.values, 2)), {}, 300);
    const Loss loss = tsne.loss(later, {});
    QVERIFY2(std::abs(loss.total - divergence(*a, later.y)) < 1e-5, "the parts make up KL(P || Q)");
}

void TestDescent::gradientIsTheSlope_data() {
    QTest::addColumn<int>("dims");
    QTest::newRow("plane") << 2;
    QTest::newRow("space") << 3;
}

/// Central differences of the definition in float64: h^2 / 6 of the third derivative, here below 1e-7; float32 sums 1e-6.
void TestDescent::gradientIsTheSlope() {
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
void TestDescent::forcesCancel() {
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

void TestDescent::anEquilateralTriangleRests() {
    const Matrix m(3, 3, {1, 0, 0, 0, 1, 0, 0, 0, 1});
    const auto a = calibrated(m, 1.5, true);
    State state{PicturePoints(3, 2), {}, {}};
    for (int i = 0; i < 3; ++i) state.y[0][i] = float(std::cos(2.0943951 * i)), state.y[1][i] = float(std::sin(2.0943951 * i));
    PicturePoints g;
    Tsne(a, Repulsion::exact).gradient(state, 1, g);
    for (int i = 0; i < 3; ++i) QVERIFY(std::hypot(g[0][i], g[1][i]) < 1e-6);
}

void TestDescent::gridIsAllPairs_data() {
    QTest::addColumn<int>("dims");
    QTest::addColumn<double>("size");
    for (const double size : {1e-4, 0.05, 0.5, 2.0, 10.0, 40.0}) QTest::addRow("plane, %g", size) << 2 << size;
    for (const double size : {1e-4, 0.5, 2.0}) QTest::addRow("space, %g", size) << 3 << size;
}

/// Check 7: within 1e-3 at the spacing that is the default, and less with a finer grid.
void TestDescent::gridIsAllPairs() {
    QFETCH(int, dims);
    QFETCH(double, size);
    const PicturePoints y = cloud(2000, dims, size);
    PicturePoints exactly(2000, dims), byGrid = exactly, finer = exactly;
    const double z = exactRepulsion(y, exactly);
    GridRepulsion grid, fine({.spacing = 0.18});
    const double zGrid = grid.run(y, byGrid);
    QVERIFY2(std::abs(zGrid / z - 1) < 1e-4, qPrintable(QString::number(zGrid / z - 1)));
    QVERIFY2(away(byGrid, exactly) < 1e-3, qPrintable(QString::number(away(byGrid, exactly))));
    fine.run(y, finer);
    QVERIFY(away(finer, exactly) < std::max(1e-4, 0.5 * away(byGrid, exactly)));
    PicturePoints again(2000, dims);
    grid.run(cloud(500, dims, 3 * size), finer), grid.run(y, again); // what it did before leaves no trace
    QVERIFY(again == byGrid);
}

/// Check 6.
void TestDescent::irisLoss() {
    const auto table = iris();
    NEEDS_SKLEARN(table);
    const auto a = calibrated(table->values, 30, true);
    Tsne tsne(a, Repulsion::exact);
    const State state = descend(tsne, tsneStart(leading(table->values, 2)), {}, 1000);
    const double kl = tsne.loss(state, {}).total;
    QVERIFY2(kl <= 0.12521, qPrintable(QString::number(kl)));
}

/// Checks 5 (approximate P: 90 neighbours) and 9. The dense P and 1,000 steps are in tst_slow_tsne.cpp.
void TestDescent::digitsLossAndQuality() {
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

void TestDescent::theSameBits_data() {
    QTest::addColumn<QString>("how");
    for (const char* how : {"pairs", "grid", "grid in space", "umap", "umap in space"}) QTest::newRow(how) << QString(how);
}

/// Check 14: twice, and with another number of threads; and from a state kept on the way.
void TestDescent::theSameBits() {
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

/// Check 10.
void TestDescent::curves() {
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
void TestDescent::membershipsAddUp() {
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

/// Two islands: told, and no eigenvector is sought.
void TestDescent::partsThatDoNotTouch() {
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
void TestDescent::digitsByUmap() {
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

void TestDescent::umapWithoutScikit() {
    const Table table = mixture(1000, 12, 6, 2);
    Umap umap(std::make_shared<const FuzzyGraph>(fuzzyGraph(near(table.values, 14))), 3);
    const State begin = umapStart(leading(table.values, 2), 3);
    const double before = umap.loss(begin, {}).attraction;
    const State state = descend(umap, begin, {}, 500);
    QVERIFY(umap.loss(state, {}).attraction < 0.6 * before);
    QVERIFY(judged(table, state.y, 12).accuracy.value > 0.99);
    for (const float v : state.y.interleaved()) QVERIFY(std::isfinite(v));
}

/// Zero distances and columns that never change: no NaN, no hang.
void TestDescent::twinsAndConstants() {
    std::vector<float> values(std::size_t(200 * 4), 1.0F);
    for (std::size_t i = 0; i < 100; ++i) values[4 * i] = float(i % 3); // many equal rows
    const Matrix m(200, 4, std::move(values));
    Tsne tsne(calibrated(m, 10, false), Repulsion::exact);
    for (const float v : descend(tsne, tsneStart(leading(m, 2)), {}, 100).y.interleaved()) QVERIFY(std::isfinite(v));
    Umap umap(std::make_shared<const FuzzyGraph>(fuzzyGraph(near(m, 14))), 3);
    for (const float v : descend(umap, umapStart(leading(m, 2), 1), {}, 100).y.interleaved()) QVERIFY(std::isfinite(v));
}

QTEST_GUILESS_MAIN(TestDescent)
#include "tst_descent.moc"
