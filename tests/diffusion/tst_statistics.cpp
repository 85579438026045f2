// SPDX-License-Identifier: GPL-3.0-or-later
// Clouds on the GPU against the discrete recursions (T3, T4, T7, T22): the bands are five standard deviations for the number
// of particles, and a planted fault falls out of them.
#include "tests/diffusion/support.h"

using namespace orrery::diffusion;
using namespace orrery::diffusion::test;

namespace {

constexpr std::uint32_t count = 100000;

/// How many bands mean and variance of a cloud are away from a law, along its worst axis.
double away(const std::vector<float>& places, const Moments& law) {
    double worst = 0;
    for (int axis = 0; axis < 2; ++axis) {
        double sum = 0, squares = 0;
        for (std::size_t i = std::size_t(axis); i < places.size(); i += 2) sum += places[i];
        const double n = double(places.size()) / 2, mean = sum / n;
        for (std::size_t i = std::size_t(axis); i < places.size(); i += 2) squares += (places[i] - mean) * (places[i] - mean);
        worst = std::max({worst, std::abs(mean - law.mean[axis]) / meanBand(law, axis, n),
                          std::abs(squares / (n - 1) - law.variance[axis]) / varianceBand(law, axis, n)});
    }
    return worst;
}

double away(const Journey& walked, const Journey& expected, const Mixture& data) {
    Run run(data, walked, count);
    return away(run.at(int(walked.steps.size())), predict(data.moments(), expected).back());
}

} // namespace

class TestStatistics : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void bandsAreThoseOfTheSampleSize() { // T22: s = 1/2, N = 1e5
        const Moments law = gaussian().moments();
        QVERIFY(std::abs(meanBand(law, 0, 1e5) - 0.0079) < 5e-5);
        QVERIFY(std::abs(varianceBand(law, 0, 1e5) - 0.0056) < 5e-5);
    }

    void forwardKeepsTheRecursion() {
        for (const int steps : {10, 100})
            for (const ForwardStep step : {ForwardStep::em, ForwardStep::chain, ForwardStep::exact}) {
                const Journey journey = journeyOf(Way::forward, steps, Method::sde, 1, Mistake::none, {}, step);
                QVERIFY(away(journey, journey, gaussian()) < 1);
                QVERIFY(away(journey, journey, uneven()) < 1); // affine steps: for any data
            }
        const Journey ten = journeyOf(Way::forward, 10);
        QVERIFY(away(ten, journeyOf(Way::forward, 20), gaussian()) > 1); // the continuous law is not what ten steps give
    }

    void reverseKeepsTheRecursion() {
        for (const int steps : {10, 100})
            for (const double lambda : {0.5, 1.0, 2.0}) {
                const Journey journey = journeyOf(Way::reverse, steps, Method::sde, lambda);
                QVERIFY(away(journey, journey, gaussian()) < 1);
            }
        const Journey flow = journeyOf(Way::reverse, 50, Method::heun);
        QVERIFY(away(flow, flow, gaussian()) < 1);
    }

    void roundTripKeepsTheRecursion() {
        for (const Sde sde : {Sde::vp, Sde::ve, Sde::subVp}) {
            const Journey journey = journeyOf(Way::round, 50, Method::sde, 1, Mistake::none, {.sde = sde, .sigmaMax = 10});
            QVERIFY(away(journey, journey, gaussian(0, 1)) < 1);
        }
    }

    void bandsCatchFaults() {
        const Journey right = journeyOf(Way::reverse, 100);
        for (const Mistake mistake : {Mistake::sign, Mistake::noG2, Mistake::half})
            QVERIFY(away(journeyOf(Way::reverse, 100, Method::sde, 1, mistake), right, gaussian()) > 2);
        Journey linear = right; // the noise grows with h instead of sqrt(h)
        for (Step& step : linear.steps) step.noise *= std::sqrt(0.00999);
        QVERIFY(away(linear, right, gaussian()) > 2);
        const Schedule sub{.sde = Sde::subVp};
        Journey variance = journeyOf(Way::reverse, 100, Method::sde, 1, Mistake::none, sub); // variance for deviation
        for (Step& step : variance.steps) step.variance = std::sqrt(step.variance);
        QVERIFY(away(variance, journeyOf(Way::reverse, 100, Method::sde, 1, Mistake::none, sub), gaussian()) > 2);
    }

    /// Not a recursion but the target: many steps from the true marginal give back the data, peak by peak.
    void mixturesComeBack() {
        const Mixture data = uneven();
        Run run(data, journeyOf(Way::round, 300, Method::sde, 1, Mistake::none, {}, ForwardStep::exact), count);
        const std::vector<float> places = run.at(600);
        std::vector<double> near(3);
        for (std::size_t i = 0; i < places.size(); i += 2) {
            std::size_t best = 0;
            double least = 1e9;
            for (std::size_t m = 0; m < 3; ++m) {
                const Component& c = data.components[m];
                const double d = std::hypot(places[i] - c.x, places[i + 1] - c.y);
                if (d < least) least = d, best = m;
            }
            near[best] += 1.0 / count;
        }
        for (std::size_t m = 0; m < 3; ++m) QVERIFY(std::abs(near[m] - data.components[m].weight) < 0.012);
        const Schedule vp;
        QVERIFY(away(places, marginalMoments(data.moments(), vp.alpha(1e-3), vp.variance(1e-3))) < 2);
    }
};

ORRERY_TEST_MAIN(TestStatistics)
#include "tst_statistics.moc"
