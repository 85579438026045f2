// SPDX-License-Identifier: GPL-3.0-or-later
// The optimum line and HiPPO's function-approximation table (traps T3, T4, T9).
#include "engine/labs/statespace/discretise.h"
#include "engine/labs/statespace/legs.h"
#include "engine/labs/statespace/optimum.h"
#include "engine/labs/statespace/sweep.h"
#include "engine/labs/statespace/table.h"
#include "engine/labs/statespace/traps.h"
#include "tests/statespace/support.h"

using namespace orrery;
using namespace orrery::statespace;
using namespace orrery::statespace::test;

class TestOptimum : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void whatABasisHoldsIsFoundExactly_data() {
        QTest::addColumn<int>("method");
        for (int i = 0; i < methods; ++i) QTest::newRow(toString(Method(i))) << i;
    }
    /// A signal made of the basis: its coefficients come back, and the error is rounding squared.
    void whatABasisHoldsIsFoundExactly() {
        QFETCH(int, method);
        const System s = hippo(Method(method), 6, {.theta = 1, .alpha = 0, .beta = 0.5});
        const bool endless = s.method == Method::legs || s.method == Method::lagt || s.method == Method::glagt;
        const double duration = endless ? 60 : 1;
        constexpr std::int64_t L = 12000;
        Vector c = normals(6, 1), ages;
        if (s.method == Method::fout || s.method == Method::fourierWindow || s.method == Method::fourierHistory)
            c[1] = 0;                                                                                      // silent
        for (std::int64_t i = 0; i < L; ++i) ages.push_back(duration * (double(L - i) - 0.5) / double(L)); // oldest first
        const Vector u = reconstruct(s, c, ages, duration);
        const Projection p = project(s, u, duration / double(L));
        QVERIFY(p.resolved);
        // endless ones are cut where e^-30 is left of the slowest term's square
        WITHIN(p.error / p.power, endless ? 1e-9 : 1e-24);
        WITHIN(farthest(p.coefficients, c), endless ? 1e-3 : 1e-10);
        WITHIN(std::abs(errorOf(s, c, u, duration / double(L)) / p.power), endless ? 1e-9 : 1e-24);
    }

    void nothingIsBelowTheOptimum() {
        const Signal u = noise(8, 1, 3, 5001, 1e-3);
        for (const Method method : {Method::legsScaled, Method::legt, Method::fout}) {
            const System s = hippo(method, 20, {.theta = 1});
            const Projection p = project(s, u.samples, u.dt);
            Vector x = p.coefficients;
            for (std::size_t n = 0; n < x.size(); ++n)
                for (const double change : {-1e-3, 1e-3}) {
                    if (method == Method::fout && n == 1) continue; // the silent state
                    x[n] += change;
                    QVERIFY(errorOf(s, x, u.samples, u.dt) > p.error);
                    x[n] -= change;
                }
        }
    }

    void theLineIsTheOptimumOfEachSize() {
        const Signal u = noise(8, 1, 4, 20000, 1e-4);
        const Vector line = optimumLine(hippo(Method::legsScaled, 40), project(hippo(Method::legsScaled, 40), u.samples, u.dt));
        for (const std::int64_t N : {1, 2, 7, 25, 40}) {
            const double own = project(hippo(Method::legsScaled, N), u.samples, u.dt).error;
            WITHIN(std::abs(line[std::size_t(N - 1)] / own - 1), 1e-4); // cells of 1 / 20000: a basis orthonormal to N^2 / L
        }
        for (std::size_t n = 1; n < 40; ++n) QVERIFY(line[n] <= line[n - 1]);
    }

    void theKneeIsAtPiFT() {
        // 1 turn a second over 20 seconds: pi f T = 63
        const Signal u = noise(1, 0.5, 5, 20000, 1e-3);
        const auto error = [&](std::int64_t N) { return project(hippo(Method::legsScaled, N), u.samples, u.dt).error; };
        QVERIFY(error(32) > 0.02 && error(96) < 1e-8);
    }

    void sweepsGoAlongTheOptimum() {
        const Signal u = noise(2, 1, 8, 4000, 1e-3); // 8 turns: knee at 25
        SizeSweep sweep(Method::legsScaled, {}, {}, u.samples, u.dt, {4, 16, 40});
        while (sweep.advance(5)) {
        }
        QCOMPARE(sweep.points().size(), std::size_t(3));
        for (const SizePoint& p : sweep.points()) QVERIFY(p.error >= p.optimum * (1 - 1e-9));
        WITHIN(sweep.points()[1].error / sweep.points()[1].optimum, 1.01);
        QVERIFY(sweep.points()[0].optimum > 0.3 && sweep.points()[2].optimum < 1e-6);
        SizeSweep broken(Method::legsScaled, {}, {.scaled = LegsStep::forwardEuler}, u.samples, u.dt, {64});
        while (broken.advance(5)) {
        }
        QVERIFY(std::isinf(broken.points()[0].error) && std::isfinite(broken.points()[0].optimum)); // told, not drawn
    }

    void heldProjectionsAgree() {
        const Signal u = noise(3, 1, 6, 20000, 1e-4);
        WITHIN(farthest(project(u.samples, 24), project(hippo(Method::legsScaled, 24), u.samples, u.dt).coefficients),
               1e-6); // u'' / L^2
    }

    void t3HalfOfTheEndpoint() {
        const Finding f = endpointHalved(32, 2, 1);
        QVERIFY2(f.sprung, f.sentence.c_str());
        qInfo("%s", f.sentence.c_str());
        QVERIFY(f.measured > 0.3 && f.measured > 3 * f.cured); // 61 % and 12.5 % for another noise of the kind
        WITHIN(std::abs(f.cured - 0.125), 0.04);
    }
    void t4ScalingIsOffByARoot() {
        const Finding f = scalingOff(16);
        WITHIN(std::abs(f.measured - std::sqrt(2)), 1e-12);
        WITHIN(std::abs(f.cured - 1), 1e-12);
    }
    void t9TheWindowIsTwo() {
        const Finding f = windowIsTwo(32);
        QVERIFY2(f.sprung && f.measured > 0.3 && f.cured < 0.05, f.sentence.c_str());
    }
    void everyTrapIsSprungAndCured() {
        const std::vector<Finding> all = findings();
        QCOMPARE(all.size(), std::size_t(12));
        for (const Finding& f : all) {
            QVERIFY2(f.sprung, f.trap);
            QVERIFY2(f.sentence.size() > 40 && f.sentence.size() < 300 && f.sentence.find("nan") == std::string::npos,
                     f.sentence.c_str());
            QVERIFY(std::string(f.cure).ends_with("."));
        }
    }

    void thePublishedErrorIsTheOptimum() {
        // 20 seeds: 0.0193 ± 0.0063; another generator of the same distribution lies within 5 deviations of a difference of means
        double mean = 0;
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            const Signal u = noise(1, 0.5, seed, 20000, 5e-3);
            mean += project(hippo(Method::legsScaled, 256), u.samples, u.dt).error / 20;
        }
        WITHIN(std::abs(mean - 0.0193), 5 * 0.0063 * std::sqrt(2.0 / 20));
    }

    void theTableHoldsItsColumns() {
        const HippoTable table = hippoTable({.samples = 20000, .states = 256, .dt = 5e-3});
        WITHIN(std::abs(table.power - 0.25), 1e-12);
        QCOMPARE(table.rows.size(), std::size_t(7));
        for (const TableRow& row : table.rows) {
            if (!row.error) continue;
            QVERIFY2(*row.error >= *row.optimum * (1 - 1e-9), row.method.c_str());
            // LegS by a second-order step is at the optimum; 20000 samples are few for the published one, and LegT guesses what leaves
            if (row.method.find("middle") != std::string::npos) WITHIN(*row.error / *row.optimum, 1.02);
            if (row.method.find("LegT") != std::string::npos) QVERIFY(*row.error > 1.2 * *row.optimum && *row.error < 0.25);
        }
        const std::string text = csv(table);
        QCOMPARE(std::count(text.begin(), text.end(), '\n'), std::ptrdiff_t(8));
        QVERIFY(text.find("\"LSTM\",0.25,,,35000,,") != std::string::npos);
        int told = 0;
        QVERIFY(hippoTable({.samples = 2000, .states = 16, .dt = 0.05}, [&](const HippoTable&, double) {
                    return ++told < 2;
                }).rows.size() < 7); // stopped
    }
};

QTEST_GUILESS_MAIN(TestOptimum)
#include "tst_optimum.moc"
