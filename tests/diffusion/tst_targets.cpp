// SPDX-License-Identifier: GPL-3.0-or-later
// What a network may be asked for: the five targets tell each other, the preconditioned form is that of Karras et al. for x0 and
// the same for all; and the floor of the loss against closed forms.
#include "engine/labs/diffusion/datasets.h"
#include "engine/labs/diffusion/loss_floor.h"
#include "engine/philox.h"
#include "tests/diffusion/support.h"

using namespace orrery;
using namespace orrery::diffusion;
using namespace orrery::diffusion::test;

namespace {

constexpr Target targets[] = {Target::eps, Target::x0, Target::v, Target::score, Target::flow};

struct Draw {
    double x0, eps, alpha, sigma;
    double x() const { return alpha * x0 + sigma * eps; }
};

/// Of several SDEs and times, also where alpha and sigma are not on a circle.
std::vector<Draw> draws() {
    std::vector<Draw> all;
    for (const Sde sde : {Sde::vp, Sde::ve, Sde::subVp}) {
        Schedule schedule;
        schedule.sde = sde;
        for (std::uint32_t i = 0; i < 200; ++i) {
            const Philox4 words = philox(5, i, std::uint32_t(sde), 0);
            const auto [x0, eps] = normalPair(words);
            const double t = trainedFrom + (1 - trainedFrom) * unitOpen(words[2]);
            all.push_back({x0, eps, schedule.alpha(t), schedule.sigma(t)});
        }
    }
    return all;
}

/// Straight from the definitions in words, not from linearTarget().
double value(Target target, const Draw& d) {
    switch (target) {
        case Target::eps:
            return d.eps;
        case Target::x0:
            return d.x0;
        case Target::v:
            return d.alpha * d.eps - d.sigma * d.x0;
        case Target::score:
            return (d.alpha * d.x0 - d.x()) / (d.sigma * d.sigma); // of the kernel N(alpha x0, sigma^2)
        case Target::flow:
            return d.eps - d.x0;
    }
    return 0;
}

LossFloor floorOf(Mixture mixture, const Schedule& schedule = {}) {
    LossFloor floor(std::make_shared<const Mixture>(std::move(mixture)), schedule);
    while (!floor.work(1e9)) {
    }
    return floor;
}

} // namespace

class TestTargets : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    /// Knowing x and any target exactly gives the kernel's score, and from it any other target.
    void eachTellsAllOthers_data() {
        QTest::addColumn<bool>("preconditioned");
        QTest::newRow("plain") << false;
        QTest::newRow("preconditioned") << true;
    }
    void eachTellsAllOthers() {
        QFETCH(bool, preconditioned);
        for (const Draw& d : draws()) {
            const double score = value(Target::score, d);
            for (const Target target : targets) {
                const Head head = headOf(target, preconditioned, d.alpha, d.sigma);
                const double output = (value(target, d) - head.skip * d.x()) / head.scale; // what a perfect network says
                // Parts that nearly cancel: rounding is judged by their size.
                const double parts = std::abs(head.scoreOfPlace * d.x()) + std::abs(head.scoreOfOutput * output) +
                                     std::abs(head.scoreOfOutput / head.scale) *
                                         (std::abs(head.skip * d.x()) + std::abs(value(target, d)) + std::abs(d.x0));
                const double got = head.scoreOfPlace * d.x() + head.scoreOfOutput * output;
                QVERIFY2(std::abs(got - score) <= 1e-14 * (parts + std::abs(score) + std::abs(d.x() / (d.sigma * d.sigma))),
                         qPrintable(QString("target %1: %2, not %3").arg(int(target)).arg(got).arg(score)));
                const double back = head.targetOfPlace * d.x() + head.targetOfScore * score;
                const double size = std::abs(head.targetOfPlace * d.x()) + std::abs(head.targetOfScore * score);
                QVERIFY(std::abs(back - value(target, d)) <=
                        1e-14 * (size + std::abs(value(target, d))) +
                            1e-14 * std::abs(head.targetOfScore * d.x() / (d.sigma * d.sigma)));
            }
        }
    }

    /// A squared error of the target, weighted, is lossOfNoise times that of the noise it amounts to.
    void lossesAreTheNoisesLossTimesAFactor() {
        for (const Draw& d : draws())
            for (const bool preconditioned : {false, true})
                for (const Target target : targets) {
                    const Head head = headOf(target, preconditioned, d.alpha, d.sigma);
                    const double wrong = 0.01; // the network is off by so much
                    const double loss = head.weight * std::pow(head.scale * wrong, 2);
                    const double noise = d.sigma * head.scoreOfOutput * wrong;
                    QVERIFY(std::abs(loss / (head.lossOfNoise * noise * noise) - 1) < 1e-12);
                }
    }

    /// Karras et al. 2022, table 1, with sigma_data = 1, in x / alpha and sigma / alpha.
    void theFormOfKarrasForTheData() {
        for (const Draw& d : draws()) {
            const Head head = headOf(Target::x0, true, d.alpha, d.sigma);
            const double s = d.sigma / d.alpha;
            QVERIFY(std::abs(head.skip * d.alpha - 1 / (s * s + 1)) < 1e-14);
            QVERIFY(std::abs(head.scale - s / std::sqrt(s * s + 1)) < 1e-14 * (1 + head.scale));
            QVERIFY(std::abs(head.weight - (s * s + 1) / (s * s)) < 1e-12 * head.weight);
        }
    }

    void preconditionedAllAskForTheSame() {
        for (const Draw& d : draws()) {
            const auto output = [&](Target target) {
                const Head head = headOf(target, true, d.alpha, d.sigma);
                return (value(target, d) - head.skip * d.x()) / head.scale;
            };
            const double v = value(Target::v, d) / std::hypot(d.alpha, d.sigma);
            for (const Target target : targets) {
                // Where the target is nearly known from x (eps at large noise) the division by scale brings its rounding up.
                const Head head = headOf(target, true, d.alpha, d.sigma);
                const double parts = std::abs(value(target, d)) + std::abs(head.skip * d.x()) +
                                     (target == Target::score ? std::abs(d.x()) / (d.sigma * d.sigma) : 0); // as value() has it
                const double rounding = 1e-14 * (1 + parts) / head.scale;
                QVERIFY(std::abs(std::abs(output(target)) - std::abs(v)) < rounding + 1e-14);
            }
        }
    }

    /// T14 of the anchors: alpha^2 s^2 / S^2 for data N(m, s^2), s = 1/2.
    void theNoiseFloorOfAGaussian() {
        const LossFloor floor = floorOf(gaussian());
        const Schedule schedule;
        for (const LossFloor::Node& node : floor.all()) {
            const double a2 = std::pow(schedule.alpha(node.t), 2), s2 = 0.25;
            const double exact = a2 * s2 / (a2 * s2 + schedule.variance(node.t));
            QVERIFY(std::abs(node.mean - exact) < 1e-12); // the posterior's variance is the same at every place
        }
        const auto closed = [&](double t) {
            const double a2 = std::pow(schedule.alpha(t), 2);
            return a2 * 0.25 / (a2 * 0.25 + schedule.variance(t));
        };
        QVERIFY(printed(closed(0.05), 0.89181965, 1e-8) && printed(closed(0.5), 0.02101191, 1e-8)); // the anchor's figures
        // The mean over t, by Simpson's rule on a hundred times as many times: the nodes' rule leaves 1e-4 of it.
        double sum = 0;
        constexpr int parts = 20000;
        for (int k = 0; k <= parts; ++k)
            sum += (k == 0 || k == parts ? 1 : k % 2 ? 4 : 2) * closed(trainedFrom + (1 - trainedFrom) * k / parts);
        const double mean = sum / (3.0 * parts), got = floor.floor(Target::eps, false).value;
        QVERIFY2(std::abs(got / mean - 1) < 1e-3, qPrintable(QString("%1, not %2").arg(got).arg(mean)));
    }

    /// Two peaks, along one axis a sum over x by quadrature: E|x0 - E[x0|x]|^2 from the definition, no Hessian in it.
    void theFloorOfTwoPeaks() {
        const Mixture peaks = twoPeaks();
        const LossFloor floor = floorOf(peaks);
        for (const int node : {4, 20, 40, 60, 90}) {
            const LossFloor::Node& at = floor.all()[std::size_t(node)];
            const double a = at.alpha, s2 = 0.04, c = a * a * s2 + at.sigma * at.sigma;
            double x0Error = 0;
            const double step = 0.002, reach = 9;
            for (double x = -reach; x <= reach; x += step) {
                double density = 0, mean = 0, square = 0;
                for (const double mu : {1.0, -1.0}) {
                    const double w = 0.5 * std::exp(-std::pow(x - a * mu, 2) / (2 * c)) / std::sqrt(2 * M_PI * c);
                    const double m = mu + a * s2 / c * (x - a * mu), var = s2 * at.sigma * at.sigma / c;
                    density += w, mean += w * m, square += w * (m * m + var);
                }
                if (density > 1e-300) x0Error += step * (square - mean * mean / density);
            }
            // Of the noise: (alpha / sigma)^2 of it. Along the other axis the data is one Gaussian of the same deviation.
            const double along = std::pow(a / at.sigma, 2) * x0Error, across = a * a * s2 / c;
            const double exact = 0.5 * (along + across);
            // Places between the peaks, where which one it was is open, are too rare at little noise for the draws.
            QVERIFY2(std::abs(at.mean - exact) < 5 * at.error + 1e-4,
                     qPrintable(QString("t %1: %2 +- %3, not %4").arg(at.t).arg(at.mean).arg(at.error).arg(exact)));
        }
    }

    /// E|F - y|^2 = floor + excess: a network that says zero has the second moment of the target as its loss.
    void theExcessIsMeasuredAgainstTheExactMean() {
        const LossFloor floor = floorOf(gaussian(0, 0.5));
        const std::vector<float> zeros(floor.places().size(), 0.F);
        const double loss = floor.floor(Target::eps, false).value + floor.excess(Target::eps, false, zeros);
        // E eps^2 = 1. The excess is a mean over 8192 places of squares of two normals: five standard errors of 0.011.
        QVERIFY2(std::abs(loss - 1) < 0.055, qPrintable(QString::number(loss)));
        // The exact answer has none: eps = sigma x / S^2, in float32.
        std::vector<float> exact;
        for (std::size_t i = 0; i < zeros.size(); ++i) {
            const LossFloor::Node& node = floor.all()[i / 2 / std::size_t(floor.perNode())];
            const double spread2 = node.alpha * node.alpha * 0.25 + node.sigma * node.sigma;
            exact.push_back(float(node.sigma * floor.places()[i] / spread2));
        }
        QVERIFY(floor.excess(Target::eps, false, exact) < 1e-12);
        for (float& value : exact) value = -value; // a wrong sign is no small error
        QVERIFY(floor.excess(Target::eps, false, exact) > 1);
    }

    /// Draws of a shape have the moments of its law, and the law has no ripples.
    void theLawsOfShapes_data() {
        QTest::addColumn<QString>("shape");
        for (const char* shape : {"moons", "swissroll", "spiral"}) QTest::newRow(shape) << shape;
    }
    void theLawsOfShapes() {
        QFETCH(QString, shape);
        const std::string name = shape.toStdString();
        const Mixture law = mixture(shapeLaw(name));
        constexpr std::size_t count = 100000;
        const Moments a = law.moments(), b = pointCloud(shapePoints(name, count, 3)).moments();
        for (const int axis : {0, 1}) {
            QVERIFY(std::abs(a.mean[axis] - b.mean[axis]) < meanBand(a, axis, count));
            QVERIFY(std::abs(a.variance[axis] - b.variance[axis]) < varianceBand(a, axis, count));
        }
        // Between two neighbours the density is that upon them, to the 1e-4 that the header states (middle of an arm).
        const auto& rows = law.components;
        const std::size_t k = rows.size() / 4;
        const Marginal marginal(law, 1, 0);
        const double on = 0.5 * (marginal.density(rows[k].x, rows[k].y) + marginal.density(rows[k + 1].x, rows[k + 1].y));
        const double between = marginal.density(0.5 * (rows[k].x + rows[k + 1].x), 0.5 * (rows[k].y + rows[k + 1].y));
        // The chord's middle lies inside the curve by h^2/8 of its curvature: below 1 % of a deviation, 1e-4 of density.
        QVERIFY(std::abs(between / on - 1) < 1e-3);
    }
};

QTEST_GUILESS_MAIN(TestTargets)
#include "tst_targets.moc"
