// SPDX-License-Identifier: GPL-3.0-or-later
// Randomised components by the device's products: LAPACK's eigenvalues of iris and digits, and those of the exact way.
#include "engine/labs/embedding/paths.h"
#include "engine/labs/embedding/pca_device.h"
#include "tests/embedding/data.h"
#include "tests/support/error_of.h"
#include "tests/support/test_main.h"

using namespace orrery;
using namespace orrery::embedding;
using namespace orrery::test;

namespace {

Pca onDevice(const Matrix& m, int components, tensor::Products products, bool centred = true) {
    Progress progress;
    OwnTurns turns;
    DeviceProducts device(test::device(), turns, progress, products);
    return pca(m, {.components = components, .way = PcaWay::randomised, .centred = centred}, progress, &device);
}
Pca onHost(const Matrix& m, const PcaOptions& options) {
    Progress progress;
    return pca(m, options, progress);
}
bool near(double a, double b, double relative) { return std::abs(a / b - 1) <= relative; }

} // namespace

class TestDevicePca : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void irisAndDigits();
    void threeHundredDimensions();
    void manyTilesAndSlices();
    void theMeanMatters();
    void degenerateTables();
    void theWayThatIsTaken();
};

/// Check 1, on both paths. An eigenvalue is the sum of squares of X q, each off by 2^-24 of |x|, |q| = 1: a few 1e-7 of the
/// largest, 1e-5 of iris' last, which is a 177th of it.
void TestDevicePca::irisAndDigits() {
    const auto flowers = iris(), figures = digits();
    NEEDS_SKLEARN(flowers && figures);
    const double flowerValues[] = {4.2282417060, 0.2426707479, 0.0782095000, 0.0238350930};
    const double figureValues[] = {179.0069300980, 163.7177468817, 141.7884390923, 101.1003752028, 69.5131655910, 59.1085248863};
    for (const tensor::Products products : {tensor::Products::vulkan, tensor::Products::automatic}) {
        const Pca a = onDevice(flowers->values, 4, products), b = onDevice(figures->values, 10, products);
        for (int i = 0; i < 4; ++i) QVERIFY(near(a.eigenvalues[std::size_t(i)], flowerValues[i], 1e-5));
        for (int i = 0; i < 6; ++i) QVERIFY(near(b.eigenvalues[std::size_t(i)], figureValues[i], 1e-5));
        double ten = 0;
        for (const double value : b.eigenvalues) ten += value;
        QVERIFY(std::abs(ten / b.variance - 0.7382267689) < 1e-5);
    }
}

/// The same eigenvalues, and the same directions where they are apart.
void TestDevicePca::threeHundredDimensions() {
    const Table table = mixture(700, 300, 6, 2);
    const Pca exact = onHost(table.values, {.components = 5, .way = PcaWay::exact}),
              found = onDevice(table.values, 5, tensor::Products::vulkan);
    QVERIFY(near(found.variance, exact.variance, 1e-6));
    for (int c = 0; c < 5; ++c) {
        QVERIFY(near(found.eigenvalues[std::size_t(c)], exact.eigenvalues[std::size_t(c)], 1e-5));
        double product = 0;
        for (std::size_t d = 0; d < 300; ++d) product += double(found.components.row(c)[d]) * exact.components.row(c)[d];
        QVERIFY2(product > 1 - 1e-4, "the signs as well");
    }
}

/// More rows than a tile has; the same bits each time.
void TestDevicePca::manyTilesAndSlices() {
    const Table table = mixture(9001, 37, 8, 2);
    const Pca exact = onHost(table.values, {.components = 7, .way = PcaWay::exact}),
              found = onDevice(table.values, 7, tensor::Products::vulkan),
              again = onDevice(table.values, 7, tensor::Products::vulkan);
    for (int c = 0; c < 7; ++c) QVERIFY(near(found.eigenvalues[std::size_t(c)], exact.eigenvalues[std::size_t(c)], 1e-5));
    QVERIFY(found.eigenvalues == again.eigenvalues);
    QVERIFY(std::equal(found.components.all().begin(), found.components.all().end(), again.components.all().begin()));
}

void TestDevicePca::theMeanMatters() {
    std::vector<float> values;
    const Table table = mixture(400, 20, 3, 2);
    for (const float v : table.values.all()) values.push_back(v + 500);
    const Matrix far(400, 20, std::move(values));
    const Pca exact = onHost(table.values, {.components = 3, .way = PcaWay::exact}),
              moved = onDevice(far, 3, tensor::Products::vulkan), uncentred = onDevice(far, 3, tensor::Products::vulkan, false);
    // A number near 500 keeps 1.5e-5 of itself: of squares that are some 10, a hundred thousandth.
    for (int c = 0; c < 2; ++c) QVERIFY(near(moved.eigenvalues[std::size_t(c)], exact.eigenvalues[std::size_t(c)], 1e-4));
    QVERIFY2(uncentred.eigenvalues[0] > 1e5, "without centring the mean is the first component");
}

void TestDevicePca::degenerateTables() {
    const Pca one = onDevice(mixture(50, 1, 2, 3).values, 1, tensor::Products::vulkan); // a single column
    QVERIFY(near(one.eigenvalues[0], onHost(mixture(50, 1, 2, 3).values, {.components = 1}).eigenvalues[0], 1e-6));
    const Pca two = onDevice(Matrix(2, 5, {0, 0, 0, 0, 0, 3, 4, 0, 0, 0}), 2, tensor::Products::vulkan); // two rows
    QVERIFY(near(two.eigenvalues[0], 12.5, 1e-6) && two.eigenvalues[1] < 1e-5);
    const Pca none = onDevice(Matrix(30, 4, std::vector<float>(120, 2.5F)), 2, tensor::Products::vulkan); // constant columns
    QCOMPARE(none.eigenvalues[0], 0.0);
    QVERIFY(errorOf([] { onDevice(Matrix(1, 3), 1, tensor::Products::vulkan); }).find("two rows") != std::string::npos);
}

void TestDevicePca::theWayThatIsTaken() {
    const Matrix small = mixture(300, 20, 3, 2).values, large = mixture(5000, 260, 3, 2).values;
    Progress progress;
    std::string how;
    const Paths paths{&device(), std::make_shared<OwnTurns>()};
    pcaBy(paths, small, {.components = 2}, progress, how);
    QCOMPARE(how, std::string("exact"));
    const Pca there = pcaBy(paths, large, {.components = 2}, progress, how);
    QCOMPARE(how, std::string("randomised, on the device"));
    const Pca here = pcaBy({}, large, {.components = 2}, progress, how);
    QCOMPARE(how, std::string("exact"));
    for (std::size_t c = 0; c < 2; ++c) QVERIFY(near(there.eigenvalues[c], here.eigenvalues[c], 1e-5));
}

ORRERY_TEST_MAIN(TestDevicePca)
#include "tst_device_pca.moc"
