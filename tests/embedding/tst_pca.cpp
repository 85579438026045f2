// SPDX-License-Identifier: GPL-3.0-or-later
// Principal components against LAPACK's values for iris and digits and against a Jacobi eigensolver of our own; random
// projections, axes of one's own.
#include "engine/labs/embedding/pca.h"
#include "tests/embedding/data.h"
#include "tests/support/error_of.h"

#include <QtTest/QtTest>

#include <cmath>

using namespace orrery;
using namespace orrery::embedding;
using namespace orrery::test;

namespace {

/// Eigenvalues of the covariance by cyclic Jacobi rotations in float64: slow, short, and nothing of the code under test.
std::vector<double> jacobi(const Matrix& m) {
    const std::int64_t n = m.rows(), D = m.columns();
    std::vector<double> mean(std::size_t(D), 0.0), c(std::size_t(D * D), 0.0);
    for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t d = 0; d < D; ++d) mean[std::size_t(d)] += double(m.row(i)[std::size_t(d)]) / double(n);
    for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t a = 0; a < D; ++a)
            for (std::int64_t b = 0; b < D; ++b)
                c[std::size_t(a * D + b)] += (m.row(i)[std::size_t(a)] - mean[std::size_t(a)]) *
                                             (m.row(i)[std::size_t(b)] - mean[std::size_t(b)]) / double(n - 1);
    const auto at = [&](std::int64_t a, std::int64_t b) -> double& { return c[std::size_t(a * D + b)]; };
    for (int sweep = 0; sweep < 12; ++sweep)
        for (std::int64_t p = 0; p < D; ++p)
            for (std::int64_t q = p + 1; q < D; ++q) {
                if (std::abs(at(p, q)) < 1e-300) continue;
                const double theta = (at(q, q) - at(p, p)) / (2 * at(p, q));
                const double t = (theta >= 0 ? 1 : -1) / (std::abs(theta) + std::sqrt(theta * theta + 1)),
                             cs = 1 / std::sqrt(t * t + 1), sn = t * cs;
                for (std::int64_t k = 0; k < D; ++k) {
                    const double x = at(k, p), y = at(k, q);
                    at(k, p) = cs * x - sn * y, at(k, q) = sn * x + cs * y;
                }
                for (std::int64_t k = 0; k < D; ++k) {
                    const double x = at(p, k), y = at(q, k);
                    at(p, k) = cs * x - sn * y, at(q, k) = sn * x + cs * y;
                }
            }
    std::vector<double> values;
    for (std::int64_t d = 0; d < D; ++d) values.push_back(at(d, d));
    std::sort(values.rbegin(), values.rend());
    return values;
}

Pca components(const Matrix& m, const PcaOptions& options) {
    Progress progress;
    return pca(m, options, progress);
}

} // namespace

class TestPca : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void irisAndDigits();
    void threeHundredDimensions_data();
    void threeHundredDimensions();
    void theMeanMatters();
    void newRowsGoWhereOldOnesDo();
    void degenerateTables();
    void axesOfMyOwn();
    void randomDirectionsKeepDistances();
};

/// Check 1.
void TestPca::irisAndDigits() {
    const auto flowers = iris(), figures = digits();
    NEEDS_SKLEARN(flowers && figures);
    const double flowerValues[] = {4.2282417060, 0.2426707479, 0.0782095000, 0.0238350930};
    const double figureValues[] = {179.0069300980, 163.7177468817, 141.7884390923, 101.1003752028, 69.5131655910, 59.1085248863};
    const Pca a = components(flowers->values, {.components = 4}), b = components(figures->values, {.components = 10});
    // The rows are float32: a value is off by 3e-8 of itself, an eigenvalue by no more than a few of those; the bar is 1e-5.
    for (int i = 0; i < 4; ++i) QVERIFY(std::abs(a.eigenvalues[std::size_t(i)] / flowerValues[i] - 1) < 1e-5);
    for (int i = 0; i < 6; ++i) QVERIFY(std::abs(b.eigenvalues[std::size_t(i)] / figureValues[i] - 1) < 1e-5);
    double ten = 0;
    for (const double value : b.eigenvalues) ten += value;
    QVERIFY(std::abs(ten / b.variance - 0.7382267689) < 1e-6);
}

void TestPca::threeHundredDimensions_data() {
    QTest::addColumn<int>("way");
    QTest::newRow("exact") << int(PcaWay::exact);
    QTest::newRow("randomised") << int(PcaWay::randomised);
}

/// Check 2: no shortcut through a random projection.
void TestPca::threeHundredDimensions() {
    QFETCH(int, way);
    const Table table = mixture(700, 300, 6, 2);
    const std::vector<double> truth = jacobi(table.values);
    const Pca found = components(table.values, {.components = 5, .way = PcaWay(way)});
    // Six clusters span five dimensions: after them the spectrum is flat and nothing separates.
    for (int i = 0; i < 5; ++i)
        QVERIFY2(std::abs(found.eigenvalues[std::size_t(i)] / truth[std::size_t(i)] - 1) < 1e-5,
                 qPrintable(QString::number(found.eigenvalues[std::size_t(i)] / truth[std::size_t(i)] - 1)));
    // Variances of what is projected are the eigenvalues: the components are right, not their lengths alone.
    const Matrix projected = found.project(table.values, 5);
    for (int c = 0; c < 5; ++c) {
        double sum = 0, squares = 0;
        for (std::int64_t i = 0; i < projected.rows(); ++i)
            sum += projected.row(i)[std::size_t(c)], squares += std::pow(double(projected.row(i)[std::size_t(c)]), 2);
        QVERIFY(std::abs((squares - sum * sum / 700) / 699 / truth[std::size_t(c)] - 1) < 1e-4);
        double largest = 0;
        for (const float v : found.components.row(c))
            if (std::abs(v) > std::abs(largest)) largest = v;
        QVERIFY2(largest > 0, "signs are settled, or snapshots flip");
    }
}

void TestPca::theMeanMatters() {
    Table table = mixture(400, 8, 1, 0);
    std::vector<float> moved(table.values.all().begin(), table.values.all().end());
    for (float& v : moved) v += 100;
    const Matrix far(400, 8, std::move(moved));
    const Pca honest = components(far, {.components = 2}), shortcut = components(far, {.components = 2, .centred = false});
    QVERIFY(honest.eigenvalues[0] < 2);
    QVERIFY2(shortcut.eigenvalues[0] > 1e4, "without its mean taken away the table's first component is its mean");
}

void TestPca::newRowsGoWhereOldOnesDo() {
    const Table table = mixture(300, 20, 3, 3);
    const Pca found = components(table.values, {.components = 3});
    const Matrix all = found.project(table.values, 3),
                 one = found.project(Matrix(1, 20, std::vector<float>(table.values.row(17).begin(), table.values.row(17).end())),
                                     3);
    for (std::size_t d = 0; d < 3; ++d) QVERIFY(std::abs(all.row(17)[d] - one.row(0)[d]) < 1e-5);
    QVERIFY(!errorOf([&] { found.project(Matrix(1, 19), 3); }).empty());
}

void TestPca::degenerateTables() {
    const std::string error = errorOf([] { components(Matrix(1, 5), {}); });
    QVERIFY2(error.find("two rows") != std::string::npos, error.c_str());
    const Pca constant = components(Matrix(20, 3, std::vector<float>(60, 7.5F)), {.components = 3});
    for (const double value : constant.eigenvalues) QVERIFY(value < 1e-9);
    const Matrix projected = constant.project(Matrix(2, 3, std::vector<float>(6, 7.5F)), 3);
    for (const float v : projected.all()) QVERIFY(std::abs(v) < 1e-6);
    const Pca wide = components(mixture(10, 3000, 2, 1).values, {.components = 50}); // more columns than rows
    QCOMPARE(wide.eigenvalues.size(), std::size_t(10));
    QVERIFY2(wide.eigenvalues[9] < 1e-6 * wide.eigenvalues[0], "ten rows span nine directions");
}

void TestPca::axesOfMyOwn() {
    const Matrix m(4, 2, {0, 0, 2, 0, 0, 3, 1, 1});
    const Axis axes[] = {{{0}, {1}}, {{0, 1}, {2}}};
    const Matrix found = axesProjection(m, axes);
    QCOMPARE(found.row(0)[0], 0.0F);
    QCOMPARE(found.row(1)[0], 1.0F);
    QCOMPARE(found.row(3)[0], 0.5F);
    QVERIFY(std::abs(found.row(2)[1] - 1) < 1e-6);
    const Axis nowhere[] = {{{1}, {1}}};
    QVERIFY(errorOf([&] { axesProjection(m, nowhere); }).find("same point") != std::string::npos);
}

/// E |R x|^2 = |x|^2: over 300 directions the mean is within 5 deviations, sqrt(2 / 300) each.
void TestPca::randomDirectionsKeepDistances() {
    const Table table = mixture(20, 40, 2, 1);
    const Matrix found = randomProjection(table.values, 300, 9);
    for (std::int64_t i = 1; i < 20; ++i) {
        double before = 0, after = 0;
        for (std::size_t d = 0; d < 40; ++d) before += std::pow(table.values.row(0)[d] - table.values.row(i)[d], 2);
        for (std::size_t d = 0; d < 300; ++d) after += std::pow(found.row(0)[d] - found.row(i)[d], 2);
        QVERIFY(std::abs(after / before - 1) < 5 * std::sqrt(2.0 / 300));
    }
}

QTEST_GUILESS_MAIN(TestPca)
#include "tst_pca.moc"
