// SPDX-License-Identifier: GPL-3.0-or-later
// Large kernels: gradient against finite differences, receptive fields against closed forms, costs against the published table.
#include "engine/labs/segmentation/gcn.h"

#include "engine/error.h"
#include "engine/philox.h"

#include <QtTest>

#include <cmath>

using namespace orrery;
using namespace orrery::segmentation;

namespace {

constexpr Wide kinds[] = {Wide::stack, Wide::dense, Wide::gcn, Wide::dilated};

std::int64_t parameters(Wide kind, std::int64_t k, std::int64_t middle = 0) {
    return wideCost(wideNet(kind, k, 2048, 21, middle), 16).parameters;
}

} // namespace

class TestGcn : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void gradientIsThatOfFiniteDifferences() {
        const std::int64_t side = 9, channels = 2;
        for (const Wide kind : kinds) {
            WideNet net = wideNet(kind, 5, channels, 3, 2);
            fillNormal(net, 3);
            std::vector<double> x(std::size_t(channels * side * side)), g(std::size_t(3 * side * side));
            for (std::size_t i = 0; i < x.size(); ++i) x[i] = normalPair(philox(1, std::uint32_t(i), 0, 0))[0];
            for (std::size_t i = 0; i < g.size(); ++i) g[i] = normalPair(philox(2, std::uint32_t(i), 0, 0))[0];
            const auto value = [&] {
                const std::vector<double> y = forward(net, x, side);
                double sum = 0;
                for (std::size_t i = 0; i < y.size(); ++i) sum += y[i] * g[i];
                return sum;
            };
            const std::vector<double> gradient = backward(net, g, side);
            for (const std::size_t i : {std::size_t(0), std::size_t(40), std::size_t(85), x.size() - 1}) {
                const double kept = x[i], h = 1e-3;
                x[i] = kept + h;
                const double up = value();
                x[i] = kept - h;
                const double down = value();
                x[i] = kept;
                // the nets are linear: central differences are exact but for rounding
                QVERIFY(std::abs((up - down) / (2 * h) - gradient[i]) < 1e-9);
            }
        }
    }

    void gcnIsItsTwoSeparableKernels() {
        // one channel: the impulse response is the sum of two outer products, hence of rank two at most, here written out
        WideNet net = wideNet(Wide::gcn, 5, 1, 1, 1);
        fillNormal(net, 11);
        const auto& b = net.branches;
        const std::int64_t side = 11, c = 5;
        std::vector<double> unit(121, 0.0);
        unit[std::size_t(c * side + c)] = 1;
        const std::vector<double> g = backward(net, unit, side);
        for (std::int64_t r = 0; r < 5; ++r)
            for (std::int64_t s = 0; s < 5; ++s) {
                const double expected = b[0][0].weights[std::size_t(r)] * b[0][1].weights[std::size_t(s)] +
                                        b[1][0].weights[std::size_t(s)] * b[1][1].weights[std::size_t(r)];
                QVERIFY(std::abs(g[std::size_t((c + r - 2) * side + c + s - 2)] - expected) < 1e-14);
            }
    }

    void spreadsOfUniformWeightsAreTheClosedForms() {
        const struct {
            Wide kind;
            std::int64_t k;
            double value;
        } printed[] = {{Wide::stack, 15, 2.160}, {Wide::gcn, 15, 4.320},   {Wide::stack, 7, 1.414},
                       {Wide::dense, 7, 2.000},  {Wide::stack, 25, 2.828}, {Wide::gcn, 25, 7.211}};
        for (const auto& p : printed) QVERIFY(std::abs(spreadFormula(p.kind, p.k) - p.value) < 5e-4);
        for (const Wide kind : kinds)
            for (const std::int64_t k : {3, 5, 7, 15, 25}) {
                const ReceptiveField f = receptiveField(kind, k, 1, 0);
                QVERIFY(std::abs(f.spreadX - f.formula) < 1e-9 * f.formula); // exact but for rounding; the promise is 1 %
                QVERIFY(std::abs(f.spreadY - f.formula) < 1e-9 * f.formula);
                QCOMPARE(f.seen, kind == Wide::dilated ? 9.0 / double(k * k) : 1.0);
            }
    }

    void spreadsOfRandomWeightsComeToTheSame() {
        // Squared gradients of independent weights have the uniform weights' shape in the mean. Eight groups of ten draws
        // each tell how far such a mean may be off: five of its standard errors are allowed.
        for (const Wide kind : {Wide::stack, Wide::dense, Wide::gcn}) {
            double sum = 0, squares = 0;
            for (std::uint64_t group = 0; group < 8; ++group) {
                const ReceptiveField f = receptiveField(kind, 7, 4, 10, 100 * group);
                const double ratio = (f.spreadX + f.spreadY) / (2 * f.formula);
                sum += ratio, squares += ratio * ratio;
            }
            const double mean = sum / 8, error = std::sqrt((squares / 8 - mean * mean) / 7);
            QVERIFY2(std::abs(mean - 1) < 5 * error && error < 0.03, qPrintable(QString("%1 +- %2").arg(mean).arg(error)));
        }
    }

    void parametersAreTheTables() {
        // C = 2048, O = 21, as Peng et al. print them in thousands
        const std::int64_t gcn[] = {260'694, 434'490, 608'286, 782'082, 955'878, 1'129'674, 1'303'470};
        const std::int64_t dense[] = {387'072, 1'075'200, 2'107'392, 3'483'648, 5'203'968, 7'268'352, 9'676'800};
        const std::int64_t gcnTable[] = {261, 434, 608, 782, 956, 1130, 1303},
                           denseTable[] = {387, 1075, 2107, 3484, 5204, 7268, 9677};
        for (std::size_t i = 0; i < 7; ++i) {
            const std::int64_t k = 3 + 2 * std::int64_t(i);
            QCOMPARE(parameters(Wide::gcn, k), gcn[i]);
            QCOMPARE(parameters(Wide::dense, k), dense[i]);
            QCOMPARE(std::llround(double(gcn[i]) / 1000), gcnTable[i]);
            QCOMPARE(std::llround(double(dense[i]) / 1000), denseTable[i]);
        }
        QCOMPARE(std::llround(double(parameters(Wide::stack, 7, 2048)) / 1000), 75'885LL);
        QCOMPARE(std::llround(double(parameters(Wide::stack, 7, 1024)) / 1000), 28'505LL);
        QCOMPARE(std::llround(double(parameters(Wide::stack, 7, 210)) / 1000), 4'307LL);
        QCOMPARE(boundaryRefinementCost(21, 16).parameters, 7'980);
        QCOMPARE(wideCost(wideNet(Wide::gcn, 15, 2048, 21, 0), 16).macs, 1'303'470LL * 256);
        QVERIFY(std::abs(double(parameters(Wide::dense, 15)) / double(parameters(Wide::gcn, 15)) - 7.4) < 0.05);
        QVERIFY(std::abs(double(parameters(Wide::dense, 3)) / double(parameters(Wide::gcn, 3)) - 1.5) < 0.05);
    }

    void evenKernelsAreRefused() {
        QVERIFY_EXCEPTION_THROWN(wideNet(Wide::gcn, 4, 1, 1, 1), Error);
        QVERIFY_EXCEPTION_THROWN(wideNet(Wide::stack, 1, 1, 1, 1), Error);
    }
};

QTEST_APPLESS_MAIN(TestGcn)
#include "tst_gcn.moc"
