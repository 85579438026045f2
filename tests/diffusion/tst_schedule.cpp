// SPDX-License-Identifier: GPL-3.0-or-later
// Schedules against golden values in closed form T1 and T2, and their traps (small t, short chains, grids).
#include "tests/diffusion/support.h"

#include <functional>

using namespace orrery::diffusion;
using namespace orrery::diffusion::test;

namespace {

using Curve = std::function<double(double)>;

bool isVp(const Curve& alpha, const Curve& sigma) {
    return printed(alpha(0.5), 0.2811828807967524, 1e-16) && printed(sigma(0.5), 0.9596542020680363, 1e-15) &&
           printed(alpha(1), 0.006571586494929619, 1e-17) && printed(sigma(1e-3), 0.010485416335094895, 1e-17);
}

bool isSubVp(const Curve& sigma) { return printed(sigma(0.5), 0.9209361875468395, 1e-15); }

/// d sigma^2 / dt = 2 f sigma^2 + g^2 and d ln alpha / dt = f, by central differences.
double slopeError(const Schedule& s, const Curve& g2, double t) {
    const double h = 1e-5;
    const double variance = (s.variance(t + h) - s.variance(t - h)) / (2 * h);
    const double alpha = (std::log(s.alpha(t + h)) - std::log(s.alpha(t - h))) / (2 * h);
    return std::abs(variance / (2 * s.f(t) * s.variance(t) + g2(t)) - 1) + std::abs(alpha - s.f(t));
}

double chainEnd(const Chain& chain) {
    double product = 1;
    for (const double b : chain.b) product *= 1 - b;
    return std::sqrt(product);
}

} // namespace

class TestSchedule : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void goldenValues() {
        const Schedule vp;
        QVERIFY(isVp([&](double t) { return vp.alpha(t); }, [&](double t) { return vp.sigma(t); }));
        QVERIFY(printed(vp.logRatio(1), -5.024978406659204, 1e-15));
        QVERIFY(printed(vp.logRatio(1e-3), 4.557714932729898, 1e-14));
        const Schedule sub{.sde = Sde::subVp};
        QVERIFY(isSubVp([&](double t) { return sub.sigma(t); }));
        const Schedule ve{.sde = Sde::ve};
        for (const double t : {0.0, 0.3, 1.0}) QVERIFY(printed(std::sqrt(ve.g2(t)) / ve.sigma(t), 4.12727348049926, 1e-14));
        const Moments half = marginalMoments(gaussian().moments(), vp.alpha(0.5), vp.variance(0.5));
        QVERIFY(printed(half.mean[0], 0.4217743211951286, 1e-16));
        QVERIFY(printed(half.variance[0], 0.9407021406601296, 2e-16));
    }

    void goldenValuesCatchFaults() {
        const Schedule vp, sub{.sde = Sde::subVp};
        const auto alpha = [&](double t) { return vp.alpha(t); };
        QVERIFY(!isVp(alpha, [&](double t) { return std::sqrt(1 - std::exp(2 * std::log(float(vp.alpha(t))))); })); // P1
        QVERIFY(!isVp([&](double t) { return alpha(t) * alpha(t); }, [&](double t) { return vp.sigma(t); }));
        QVERIFY(!isVp([&](double t) { return alpha(1 - t); }, [&](double t) { return vp.sigma(t); }));
        QVERIFY(!isSubVp([&](double t) { return sub.variance(t); })); // the variance where the deviation belongs
        QVERIFY(!isSubVp([&](double t) { return vp.sigma(t); }));
    }

    /// sigma^2 keeps its digits near t = 0, where 1 - exp(-x) has none left: sigma^2 = x - x^2/2 + x^3/6 there.
    void smallTimes() {
        const Schedule vp;
        for (const double t : {1e-5, 1e-7, 1e-9}) {
            const double x = vp.betaIntegral(t);
            QVERIFY(std::abs(vp.variance(t) / (x - x * x / 2 + x * x * x / 6) - 1) < 1e-14);
        }
        QCOMPARE(vp.variance(0), 0.0);
        QVERIFY(std::isinf(vp.logRatio(0)));
    }

    void coefficientsFollowTheKernel() {
        for (const Sde sde : {Sde::vp, Sde::ve, Sde::subVp}) {
            const Schedule s{.sde = sde};
            for (const double t : {0.05, 0.3, 0.7, 0.95}) {
                QVERIFY(slopeError(
                            s, [&](double u) { return s.g2(u); }, t) < 1e-6);
                QVERIFY(slopeError(
                            s, [&](double u) { return 0.9 * s.g2(u); }, t) > 1e-3); // planted: a wrong g
            }
        }
    }

    void transitionsChainUp() {
        for (const Sde sde : {Sde::vp, Sde::ve, Sde::subVp}) {
            const Schedule s{.sde = sde};
            double variance = s.variance(0), alpha = 1;
            for (int k = 0; k < 50; ++k) {
                const auto [scale, noise] = s.transition(k / 50.0, (k + 1) / 50.0);
                alpha *= scale;
                variance = scale * scale * variance + noise * noise;
                QVERIFY(std::abs(alpha / s.alpha((k + 1) / 50.0) - 1) < 1e-12);
                QVERIFY(std::abs(variance / s.variance((k + 1) / 50.0) - 1) < 1e-12);
            }
        }
    }

    void chainOfTSteps() {
        const Schedule vp;
        const std::vector<std::pair<int, double>> golden = {{25, 4.922707931863e-4},
                                                            {50, 2.782941914454e-3},
                                                            {100, 4.515538700492e-3},
                                                            {1000, 6.352818087570e-3},
                                                            {10000, 6.549584916986e-3}};
        for (const auto& [steps, alpha] : golden) QVERIFY(std::abs(chainEnd(ddpmChain(vp, steps)) / alpha - 1) < 1e-12);
        // First order in 1/T towards the SDE.
        const double sde = vp.alpha(1);
        QVERIFY(std::abs(1 - chainEnd(ddpmChain(vp, 1000)) / sde - 0.03329) < 5e-6);
        QVERIFY(std::abs(1 - chainEnd(ddpmChain(vp, 10000)) / sde - 0.003348) < 5e-7);
        // Planted: betas at the right ends of the steps instead of spread over both ends.
        Chain wrong;
        for (int i = 1; i <= 100; ++i) wrong.b.push_back(vp.beta(i / 100.0) / 100);
        QVERIFY(std::abs(chainEnd(wrong) / golden[2].second - 1) > 1e-2);
    }

    void shortChainsAreClampedAndSaySo() {
        const Schedule vp;
        QCOMPARE(ddpmChain(vp, 100).clamped, 0);
        for (const int steps : {1, 2, 10, 20}) {
            const Chain chain = ddpmChain(vp, steps);
            QVERIFY(chain.clamped > 0);
            for (const double b : chain.b) QVERIFY(b > 0 && b < 1);
            QCOMPARE(journeyOf(Way::forward, steps, Method::sde, 1, Mistake::none, vp, ForwardStep::chain).clamped,
                     chain.clamped);
        }
    }

    void gridsEndWhereTheySay() {
        const std::vector<double> back = reverseTimes(10, 1e-3);
        QCOMPARE(back.front(), 1.0);
        QCOMPARE(back.back(), 1e-3);
        for (std::size_t i = 0; i + 1 < back.size(); ++i) QVERIFY(std::abs(back[i] - back[i + 1] - 0.0999) < 1e-15); // P7
        QCOMPARE(forwardTimes(4), (std::vector<double>{0, 0.25, 0.5, 0.75, 1}));
        const Journey round = journeyOf(Way::round, 10);
        QCOMPARE(int(round.times.size()), 21);
        QCOMPARE(round.turn, 10);
        QCOMPARE(round.times[10], 1.0);
        QCOMPARE(round.times[20], 1e-3);
    }
};

QTEST_GUILESS_MAIN(TestSchedule)
#include "tst_schedule.moc"
