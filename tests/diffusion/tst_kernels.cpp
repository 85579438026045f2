// SPDX-License-Identifier: GPL-3.0-or-later
// Every step kernel against the float64 reference on the same noise, within the bound that rounding.h derives.
#include "tests/diffusion/support.h"

using namespace orrery::diffusion;
using namespace orrery::diffusion::test;

namespace {

Schedule schedule(Sde sde) { return {.sde = sde, .sigmaMax = 10}; }

Journey round(Sde sde, Method method, ForwardStep forward = ForwardStep::em, double lambda = 1, Mistake mistake = Mistake::none) {
    return journeyOf(Way::round, 40, method, lambda, mistake, schedule(sde), forward);
}

} // namespace

class TestKernels : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void followTheReference_data() {
        QTest::addColumn<int>("sde");
        QTest::addColumn<int>("method");
        QTest::addColumn<int>("forward");
        QTest::addColumn<double>("lambda");
        const char* sdes[] = {"VP", "VE", "sub-VP"};
        for (int sde = 0; sde < 3; ++sde) {
            QTest::addRow("%s, Euler-Maruyama both ways", sdes[sde]) << sde << int(Method::sde) << int(ForwardStep::em) << 1.0;
            QTest::addRow("%s, chain, little noise back", sdes[sde]) << sde << int(Method::sde) << int(ForwardStep::chain) << 0.3;
            QTest::addRow("%s, exact, ODE by Euler", sdes[sde]) << sde << int(Method::ode) << int(ForwardStep::exact) << 1.0;
            QTest::addRow("%s, exact, ODE by Heun", sdes[sde]) << sde << int(Method::heun) << int(ForwardStep::exact) << 1.0;
        }
    }
    void followTheReference() {
        QFETCH(int, sde);
        QFETCH(int, method);
        QFETCH(int, forward);
        QFETCH(double, lambda);
        const Journey journey = round(Sde(sde), Method(method), ForwardStep(forward), lambda);
        for (const Mixture& mixture : {uneven(), pointCloud({-1.1, 0.4, 0.3, 1.2, 0.8, -0.7, 0.1, -0.9, -0.2, 0.1})}) {
            Run run(mixture, journey, 256);
            const Deviation deviation = compare(run, mixture, journey, {0, 1, 20, 40, 41, 60, 79, 80}, 256);
            qInfo("at most %.2f of the bound, %.1e apart; %d of %d lost", deviation.ratio, deviation.distance, deviation.lost,
                  deviation.compared + deviation.lost);
            QVERIFY(deviation.ratio <= 1);
            QVERIFY(deviation.lost < (deviation.compared + deviation.lost) / 10);
        }
    }

    /// The same comparison against a journey that is not the one the GPU walked.
    void comparisonCatchesFaults() {
        const Journey right = round(Sde::vp, Method::sde);
        const auto differs = [&](const Journey& walked, std::uint64_t seed = 7) {
            Run run(uneven(), walked, 64, seed);
            return compare(run, uneven(), right, {80}, 64).ratio > 10;
        };
        QVERIFY(!differs(right));
        QVERIFY(differs(right, 8));
        for (const Mistake mistake : {Mistake::sign, Mistake::noG2, Mistake::half})
            QVERIFY(differs(round(Sde::vp, Method::sde, ForwardStep::em, 1, mistake)));
        Journey wrongClock = right;
        for (std::size_t k = 40; k < 79; ++k)
            wrongClock.steps[k].alpha = right.steps[k + 1].alpha, wrongClock.steps[k].variance = right.steps[k + 1].variance;
        QVERIFY(differs(wrongClock));
        Journey wrongNoise = right;
        for (Step& step : wrongNoise.steps) step.noise *= 1.001;
        QVERIFY(differs(wrongNoise));
        Journey wrongCounter = right;
        wrongCounter.steps[60].counter += 1;
        QVERIFY(differs(wrongCounter));
    }

    /// Many components, so that the table spans blocks and padding, and several places of them far apart in scale.
    void manyComponents() {
        for (const std::size_t count : {std::size_t(1), std::size_t(7), std::size_t(8), std::size_t(9), std::size_t(1000)}) {
            std::vector<Component> components;
            for (std::size_t i = 0; i < count; ++i)
                components.push_back({std::cos(0.7 * double(i)), std::sin(1.3 * double(i)), i % 3 == 0 ? 0 : 0.02 * double(i % 5),
                                      1.0 + double(i % 4)});
            const Mixture m = mixture(components);
            const Journey journey = journeyOf(Way::reverse, 20);
            Run run(m, journey, 64);
            QVERIFY(compare(run, m, journey, {1, 10, 20}, 64).ratio <= 1);
        }
    }

    /// Beyond 13 deviations from every centre all weights underflow without the maximum's shift (P3).
    void farFromEveryCentre() {
        const Mixture m = {{{-1, 0, 0.001, 0.5}, {1, 0, 0.001, 0.5}}};
        Journey journey = journeyOf(Way::reverse, 1);
        journey.startDeviation = 100;
        journey.steps[0].alpha = 1, journey.steps[0].variance = 1e-6, journey.steps[0].noise = 0;
        journey.steps[0].keep = 1, journey.steps[0].pull = 1e-6;
        Run run(m, journey, 256);
        for (const float x : run.at(1)) QVERIFY(std::isfinite(x));
        QVERIFY(compare(run, m, journey, {1}, 256).ratio <= 1);
    }

    void explosionsStayFinite() {
        Run run(uneven(), journeyOf(Way::round, 100, Method::sde, 1, Mistake::sign), 1000);
        for (const float x : run.at(200)) QVERIFY(std::isfinite(x) && std::abs(x) <= 1e12F);
    }

    /// T21: every particle ends at the only point there is, as near as the step size lets it.
    void dataOfOnePoint() {
        const Mixture one = pointCloud({0, 0});
        double before = 1;
        for (const int steps : {50, 400}) {
            const Journey journey = journeyOf(Way::reverse, steps);
            Run run(one, journey, 64);
            QVERIFY(compare(run, one, journey, {steps}, 64).ratio <= 1);
            const double spread = std::sqrt(predict(one.moments(), journey).back().variance[0]);
            for (const float x : run.at(steps)) QVERIFY(std::abs(x) < 6 * spread);
            QVERIFY(spread < before);
            before = 0.5 * spread;
        }
    }
};

ORRERY_TEST_MAIN(TestKernels)
#include "tst_kernels.moc"
