// SPDX-License-Identifier: GPL-3.0-or-later
// Every discrete step against the recursion of moments of the standard case: T3, T4, T5, T7, and orders of convergence.
#include "tests/diffusion/support.h"

#include <functional>

using namespace orrery::diffusion;
using namespace orrery::diffusion::test;

namespace {

struct Row {
    int steps;
    double mean, spread;
};

using Maker = std::function<Journey(int)>;

bool forwardGolden(const Maker& make) {
    for (const Row& row : {Row{10, 5.17708266e-4, 1.8174594406}, Row{20, 4.43135255e-3, 1.3032192475},
                           Row{100, 8.70783708e-3, 1.0495491550}, Row{1000, 9.74141000e-3, 1.0047258976}}) {
        const auto [mean, deviation] = endOf(make(row.steps));
        if (std::abs(mean / row.mean - 1) > 3e-9 || !printed(deviation * deviation, row.spread, 1e-10)) return false;
    }
    return true;
}

bool backGolden(const Maker& make, std::initializer_list<Row> rows) {
    for (const Row& row : rows) {
        const auto [mean, deviation] = endOf(make(row.steps));
        if (!printed(mean, row.mean, 1e-8) || !printed(deviation, row.spread, 1e-8)) return false;
    }
    return true;
}

const std::initializer_list<Row> reverseSde = {{10, 1.58858363, 0.57210890},
                                               {20, 1.54370769, 0.52467257},
                                               {50, 1.51757030, 0.50818864},
                                               {100, 1.50878044, 0.50388907},
                                               {1000, 1.50079413, 0.50044227}};

Maker back(Method method, double lambda = 1, Mistake mistake = Mistake::none) {
    return [=](int steps) { return journeyOf(Way::reverse, steps, method, lambda, mistake); };
}

/// The order that the error of the mean shows between n and 2n steps, against the limit of many steps.
double order(Method method, int n) {
    const double limit = 1.49498796; // T5, the prior's mismatch kept
    const double exact = endOf(journeyOf(Way::reverse, 200000, Method::heun)).first;
    if (!printed(exact, limit, 1e-8)) return 0;
    const auto error = [&](int steps) { return std::abs(endOf(journeyOf(Way::reverse, steps, method)).first - exact); };
    return std::log2(error(n) / error(2 * n));
}

} // namespace

class TestRecursion : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void forward() {
        QVERIFY(forwardGolden([](int steps) { return journeyOf(Way::forward, steps); }));
        const Schedule vp;
        const Moments limit = marginalMoments(gaussian().moments(), vp.alpha(1), vp.variance(1));
        QVERIFY(printed(limit.mean[0], 9.85737974e-3, 1e-11));
        QVERIFY(printed(limit.variance[0], 0.9999676107, 1e-10));
        const auto [mean, deviation] = endOf(journeyOf(Way::forward, 7, Method::sde, 1, Mistake::none, vp, ForwardStep::exact));
        QVERIFY(std::abs(mean / limit.mean[0] - 1) < 1e-12);
        QVERIFY(std::abs(deviation * deviation / limit.variance[0] - 1) < 1e-12);
    }

    void forwardCatchesFaults() {
        QVERIFY(!forwardGolden([](int steps) { // right ends of the steps instead of left ones
            Journey journey = journeyOf(Way::forward, steps);
            const Schedule vp;
            for (std::size_t k = 0; k < journey.steps.size(); ++k) journey.steps[k].keep = 1 + vp.f(journey.times[k + 1]) / steps;
            return journey;
        }));
        QVERIFY(!forwardGolden([](int steps) { // h where sqrt(h) belongs
            Journey journey = journeyOf(Way::forward, steps);
            for (Step& step : journey.steps) step.noise /= std::sqrt(double(steps));
            return journey;
        }));
        QVERIFY(!forwardGolden([](int steps) { // a step count that is not the grid's (P7)
            Journey journey = journeyOf(Way::forward, steps);
            for (Step& step : journey.steps) step.keep = 1 + (step.keep - 1) * steps / (steps - 1.0);
            return journey;
        }));
    }

    void reverse() {
        QVERIFY(backGolden(back(Method::sde), reverseSde));
        const Schedule vp;
        const Moments target = marginalMoments(gaussian().moments(), vp.alpha(1e-3), vp.variance(1e-3));
        QVERIFY(printed(target.mean[0], 1.49991754, 1e-8));
        QVERIFY(printed(std::sqrt(target.variance[0]), 0.50008245, 1e-8));
        for (const auto& [lambda, deviation] :
             {std::pair{0.0, 0.49986359}, {0.5, 0.50006375}, {1.0, 0.50044227}, {2.0, 0.50127401}})
            QVERIFY(printed(endOf(journeyOf(Way::reverse, 1000, Method::sde, lambda)).second, deviation, 1e-8));
    }

    void reverseCatchesFaults() {
        for (const Mistake mistake : {Mistake::sign, Mistake::noG2, Mistake::half})
            QVERIFY(!backGolden(back(Method::sde, 1, mistake), reverseSde));
        QVERIFY(!backGolden(back(Method::sde, 0.9), reverseSde));
        QVERIFY(!backGolden( // the score of the next time instead of this one
            [](int steps) {
                Journey journey = journeyOf(Way::reverse, steps);
                const Schedule vp;
                for (std::size_t i = 0; i < journey.steps.size(); ++i) {
                    journey.steps[i].alpha = vp.alpha(journey.times[i + 1]);
                    journey.steps[i].variance = vp.variance(journey.times[i + 1]);
                }
                return journey;
            },
            reverseSde));
    }

    void flow() {
        QVERIFY(backGolden(back(Method::ode), {{100, 1.49971023, 0.49790696}}));
        QVERIFY(backGolden(back(Method::heun), {{20, 1.49063301, 0.50319640}, {100, 1.49480166, 0.50022759}}));
        QVERIFY(!backGolden(back(Method::heun, 1, Mistake::half), {{20, 1.49063301, 0.50319640}}));
        QVERIFY(!backGolden(back(Method::sde, 0), {{20, 1.49063301, 0.50319640}}));
    }

    void ordersOfConvergence() {
        QVERIFY(std::abs(order(Method::ode, 800) - 1) < 0.03);
        QVERIFY(std::abs(order(Method::heun, 400) - 2) < 0.03);
        QVERIFY(std::abs(order(Method::ode, 400) - 2) > 0.5); // planted: Euler where Heun was asked for
    }

    /// Fourth moments: exact under affine steps, checked by enumerating a two-point distribution by hand.
    void fourthMoments() {
        const Mixture pair{{{1, 0, 0, 0.25}, {-1, 0, 0, 0.75}}}; // mean -1/2, variance 3/4
        const Moments m = pair.moments();
        QCOMPARE(m.mean[0], -0.5);
        QCOMPARE(m.variance[0], 0.75);
        QCOMPARE(m.fourth[0], 0.25 * 5.0625 + 0.75 * 0.0625);
        const Moments later = marginalMoments(m, 0.5, 0.25); // of x/2 + z/2: mu4 = m4/16 + 6 (v/4)/4 + 3/16
        QCOMPARE(later.fourth[0], m.fourth[0] / 16 + 6 * (0.75 / 4) * 0.25 + 3 * 0.0625);
    }
};

QTEST_GUILESS_MAIN(TestRecursion)
#include "tst_recursion.moc"
