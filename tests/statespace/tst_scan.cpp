// SPDX-License-Identifier: GPL-3.0-or-later
// Scans in every order, and the layers on them: S5, LRU, the selective scan, retention (checks A12, A14, A15, A17 to A19; traps
// T7, T8, T11).
#include "engine/labs/statespace/diagonal.h"
#include "engine/labs/statespace/selective.h"
#include "engine/labs/statespace/traps.h"
#include "tests/statespace/support.h"

using namespace orrery;
using namespace orrery::statespace;
using namespace orrery::statespace::test;

namespace {

constexpr Scan all[] = {Scan::sequential, Scan::koggeStone, Scan::blelloch, Scan::chunked, Scan::threeDispatch};

Vector loop(const Vector& a, const Vector& b, double h) {
    Vector result;
    for (std::size_t t = 0; t < a.size(); ++t) result.push_back(h = a[t] * h + b[t]);
    return result;
}
Vector factors(std::size_t L, std::uint64_t seed) {
    Vector a = normals(L, seed);
    for (double& v : a) v = std::tanh(v);
    return a;
}

/// The selective layer by the definition, one token after the other.
Matrix tokenByToken(const SelectiveLayer& layer, const Gates& g, const Matrix& u) {
    Matrix y(u.rows, u.columns);
    for (std::int64_t d = 0; d < u.columns; ++d) {
        Vector h(std::size_t(layer.A.columns));
        for (std::int64_t t = 0; t < u.rows; ++t) {
            y(t, d) = layer.skip[std::size_t(d)] * u(t, d);
            for (std::size_t n = 0; n < h.size(); ++n) {
                const auto i = std::int64_t(n);
                h[n] = std::exp(g.delta(t, d) * layer.A(d, i)) * h[n] + g.delta(t, d) * g.B(t, i) * u(t, d);
                y(t, d) += g.C(t, i) * h[n];
            }
        }
    }
    return y;
}

} // namespace

class TestScan : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void a12EveryOrderGivesTheLoop_data() {
        QTest::addColumn<int>("L");
        for (const int L : {0, 1, 2, 3, 63, 64, 65, 1023, 1025}) QTest::newRow(qPrintable(QString::number(L))) << L;
    }
    void a12EveryOrderGivesTheLoop() {
        QFETCH(int, L);
        const Vector a = factors(std::size_t(L), 1), b = normals(std::size_t(L), 2), want = loop(a, b, 0.7);
        Vector before = want;
        if (L > 0) {
            before.insert(before.begin(), 0.7);
            before.pop_back();
        }
        for (const Scan scan : all)
            for (const std::int64_t chunk : {1, 16, 64, 5000}) {
                WITHIN(farthest(scanned(a, b, {scan, chunk, Ends::inclusive}, 0.7), want), 1e-13);
                WITHIN(farthest(scanned(a, b, {scan, chunk, Ends::exclusive}, 0.7), before), 1e-13);
            }
    }

    void inclusiveForExclusiveIsNoticed() {
        const Vector a = factors(200, 3), b = normals(200, 4);
        const Vector right = scanned(a, b), mixed = scanned(a, b, {Scan::blelloch, 64, Ends::exclusive});
        QVERIFY(relative(mixed, right) > 0.1);
        QVERIFY(endsMixedUp(mixed, right).find("exclusive") != std::string::npos);
        QVERIFY(endsMixedUp(right, right).empty());
        QVERIFY(endsMixedUp(b, right).empty());
    }

    void badScansAreNamed() {
        QVERIFY(errorOf([] { scanned(Vector(3), Vector(4)); }).find("3 factors for 4") != std::string::npos);
        QVERIFY(errorOf([] { scanned(Vector(3), Vector(3), {Scan::chunked, 0}); }).find("chunk") != std::string::npos);
    }

    void costsAreCounted() {
        QCOMPARE(costOf({Scan::sequential}, 1000).bytes, 12.0);
        QCOMPARE(costOf({Scan::sequential}, 1000).depth, 1000.0);
        QCOMPARE(costOf({Scan::koggeStone}, 1024).joins, 10240.0);
        QCOMPARE(costOf({Scan::blelloch}, 1024).depth, 20.0);
        QVERIFY(costOf({Scan::threeDispatch, 256}, 1 << 20).bytes > 20 &&
                costOf({Scan::threeDispatch, 256}, 1 << 20).bytes < 20.2);
    }

    void t8CumulativeProductsUnderflow() {
        const Finding f = productUnderflows(0.5, 1024);
        QVERIFY2(f.sprung, f.sentence.c_str());
        QVERIFY(f.measured * 0.5 > 87 && f.measured * 0.5 < 105); // 2^-126 … 2^-149
        QVERIFY(!productUnderflows(0.01, 1024).sprung);
        const Vector a = factors(40, 5), b = normals(40, 6), want = scanned(a, b);
        const DividedScan divided = scannedByDivision(Vector(40, 0.9), b);
        const Vector same = scanned(Vector(40, 0.9), b);
        for (std::size_t t = 0; t < 40; ++t) WITHIN(std::abs(double(divided.h[t]) - same[t]), 1e-4); // right until then
    }

    void t11PhasesLoseTheirDigits() {
        const Finding f = phaseLost(64, 0.1, 1024);
        QVERIFY2(f.sprung && f.measured > 1e-3, f.sentence.c_str());
        // A turn is cut at 2^-32, so after 1024 steps at most 1024 · 2^-33 turns are missing.
        WITHIN(f.cured, 1024 * 0x1p-33 * 6.2832 * 1.01);
        QVERIFY(!phaseLost(64, 1e-5, 64).sprung);
    }

    void a17LruKeepsVariance() {
        // h = lambda h + gamma u: mean |h|^2 = 1. n_eff = L (1 - |lambda|^2) / (1 + |lambda|^2) values of variance at most 2.
        constexpr std::int64_t L = 60000;
        Lru layer = lru({.inputs = 1, .states = 6, .least = 0.2, .most = 0.98}, 5);
        for (Complex& b : layer.B.values) b = 1;
        ComplexMatrix h;
        outputs(layer, normalMatrix(L, 1, 7), {}, &h);
        for (std::int64_t n = 0; n < 6; ++n) {
            const double r2 = std::norm(layer.lambda[std::size_t(n)]);
            QVERIFY(r2 >= 0.04 && r2 <= 0.98 * 0.98);
            double mean = 0;
            for (std::int64_t t = 0; t < L; ++t) mean += std::norm(h(t, n)) / double(L);
            WITHIN(std::abs(mean - 1),
                   5 * std::sqrt(2 * (1 + r2) / (1 - r2) / double(L)) + 1 / ((1 - r2) * double(L))); // start from zero
        }
    }

    void layersOnScansAreTheSameInEveryOrder() {
        const Lru ring = lru({.inputs = 3, .states = 8}, 1);
        const S5 layer = s5(16, 3, 2);
        const Matrix u = normalMatrix(257, 3, 3);
        const Matrix y = outputs(ring, u), z = outputs(layer, u);
        for (const Scan scan : all) {
            WITHIN(farthest(outputs(ring, u, {scan, 16}).values, y.values), 1e-12);
            WITHIN(farthest(outputs(layer, u, {scan, 16}).values, z.values), 1e-12);
        }
        // S5 with one input and one step is S4D: the same kernel
        S5 one = s5(16, 1, 4);
        Diagonal d{one.lambda, one.B.values, one.C.values, true};
        for (double& step : one.delta) step = 0.02;
        one.D[0] = 0;
        const Matrix v = normalMatrix(100, 1, 5);
        WITHIN(farthest(outputs(one, v).values, outputs(discretise(d, Scheme::zoh, 0.02), v.values)), 1e-12);
    }

    void a14SelectiveScanIsTheLoop() {
        const SelectiveLayer layer = selective({.channels = 5, .states = 16}, 1);
        const Matrix u = normalMatrix(131, 5, 2);
        const Gates g = gates(layer, u);
        const Matrix want = tokenByToken(layer, g, u);
        for (const Scan scan : all)
            for (const std::int64_t chunk : {1, 16, 64, 131})
                WITHIN(relative(selectiveScan(layer, g, u, InputRule::euler, {scan, chunk}).values, want.values), 1e-13);
        QVERIFY(relative(selectiveScan(layer, g, u, InputRule::zoh).values, want.values) >
                1e-5); // T7's other rule is another layer
    }

    void a14HiddenAttentionIsTheScan() {
        const SelectiveLayer layer = selective({.channels = 3, .states = 8}, 3);
        const Matrix u = normalMatrix(60, 3, 4);
        const Gates g = gates(layer, u);
        for (const InputRule rule : {InputRule::euler, InputRule::zoh}) {
            const Matrix y = selectiveScan(layer, g, u, rule);
            for (std::int64_t d = 0; d < 3; ++d) {
                const Matrix m = hiddenAttention(layer, g, d, rule);
                for (std::int64_t i = 0; i < 60; ++i) {
                    double sum = layer.skip[std::size_t(d)] * u(i, d);
                    for (std::int64_t j = 0; j < 60; ++j) {
                        sum += m(i, j) * u(j, d);
                        if (j > i) QCOMPARE(m(i, j), 0.0); // causal
                    }
                    WITHIN(std::abs(sum - y(i, d)), 1e-13);
                }
            }
        }
    }

    void gatesAreInRange() {
        const SelectiveLayer layer = selective({.channels = 40, .states = 4}, 1);
        QCOMPARE(layer.deltaWeights.columns, std::int64_t(3)); // ceil(40 / 16)
        for (const double bias : layer.deltaBias) QVERIFY(softplus(bias) >= 0.001 && softplus(bias) <= 0.1);
        const Gates g = gates(layer, Matrix(3, 40)); // of a silent input: the bias alone
        WITHIN(std::abs(g.delta(1, 7) - softplus(layer.deltaBias[7])), 1e-15);
        QCOMPARE(g.B(1, 2), 0.0);
        QVERIFY(errorOf([&] { gates(layer, Matrix(3, 39)); }).find("39 channels") != std::string::npos);
    }

    void a18AndT7TheGateTheorem() {
        for (const double z : {-8.0, -1.0, 0.0, 0.3, 2.0, 19.0}) {
            const double delta = softplus(z), s = 1 / (1 + std::exp(-z)), h = 0.37, x = -1.4;
            const double zoh = std::exp(-delta) * h + inputFactor(InputRule::zoh, delta, -1) * x;
            WITHIN(std::abs(zoh - ((1 - s) * h + s * x)), 1e-15);
            if (z > -2) QVERIFY(std::abs(inputFactor(InputRule::euler, delta, -1) - s) > 1e-3);
        }
        QVERIFY(gateIsEuler(1).sprung && gateIsEuler(1).cured < 1e-15);
    }

    void a15RetentionHasOneResult_data() {
        QTest::addColumn<int>("L");
        for (const int L : {1, 2, 63, 64, 65, 301}) QTest::newRow(qPrintable(QString::number(L))) << L;
    }
    void a15RetentionHasOneResult() {
        QFETCH(int, L);
        const Matrix q = normalMatrix(L, 6, 1), k = normalMatrix(L, 6, 2), v = normalMatrix(L, 4, 3);
        const double gamma = retentionGamma(1);
        QCOMPARE(gamma, 1 - 1.0 / 64);
        const Matrix want = retention(Retention::parallel, q, k, v, gamma);
        WITHIN(relative(retention(Retention::recurrent, q, k, v, gamma).values, want.values), 1e-12);
        for (const std::int64_t chunk : {1, 16, 64, 1000}) {
            WITHIN(relative(retention(Retention::chunkwise, q, k, v, gamma, chunk).values, want.values), 1e-12);
            WITHIN(relative(retentionInFloat(Retention::chunkwise, q, k, v, gamma, chunk).values, want.values), 1e-5);
        }
        // by the definition
        double sum = 0;
        for (int j = 0; j < L; ++j) {
            double score = 0;
            for (int c = 0; c < 6; ++c) score += q(L - 1, c) * k(j, c);
            sum += score * std::pow(gamma, L - 1 - j) * v(j, 2);
        }
        WITHIN(std::abs(want(L - 1, 2) - sum), 1e-11);
        QVERIFY(errorOf([&] { retention(Retention::parallel, q, k, v, 1.5); }).find("gamma") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestScan)
#include "tst_scan.moc"
