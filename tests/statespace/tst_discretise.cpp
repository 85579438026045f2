// SPDX-License-Identifier: GPL-3.0-or-later
// Steps of time-invariant systems and memories that run along a signal (checks A9, A19, A20; traps T6, T14).
#include "engine/labs/statespace/scaled.h"
#include "engine/labs/statespace/signals.h"
#include "engine/labs/statespace/timeline.h"
#include "engine/labs/statespace/traps.h"
#include "tests/statespace/support.h"

using namespace orrery;
using namespace orrery::statespace;
using namespace orrery::statespace::test;

namespace {

Timeline finished(Timeline line, const Vector& samples) {
    line.append(samples);
    while (line.advance(5) < std::int64_t(samples.size())) {
    }
    return line;
}

} // namespace

class TestDiscretise : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void schemesAgreeWithTheirFormulas() {
        // N = 1, A = -1, B = 1: every scheme by hand
        const System s = hippo(Method::legs, 1);
        const double h = 0.3;
        const auto both = [&](Scheme scheme, double alpha, double a, double b) {
            const Discrete d = discretise(s, scheme, h, alpha);
            WITHIN(std::abs(d.A(0, 0) - a), 1e-15);
            WITHIN(std::abs(d.B[0] - b), 1e-15);
        };
        both(Scheme::forwardEuler, 0, 1 - h, h);
        both(Scheme::backwardEuler, 0, 1 / (1 + h), h / (1 + h));
        both(Scheme::bilinear, 0, (1 - h / 2) / (1 + h / 2), h / (1 + h / 2));
        both(Scheme::gbt, 0.7, (1 - 0.3 * h) / (1 + 0.7 * h), h / (1 + 0.7 * h));
        both(Scheme::zoh, 0, std::exp(-h), 1 - std::exp(-h));
    }

    void eigenvaluesAreWarpedAsTheMatrixIs() {
        const System s = hippo(Method::legt, 6);
        for (const Scheme scheme : {Scheme::forwardEuler, Scheme::backwardEuler, Scheme::bilinear, Scheme::gbt, Scheme::zoh}) {
            const ComplexVector discrete = eigenvalues(discretise(s, scheme, 0.1, 0.8).A);
            for (const Complex lambda : eigenvalues(s.A)) {
                double nearest = 1;
                for (const Complex mu : discrete) nearest = std::min(nearest, std::abs(mu - warped(lambda, scheme, 0.1, 0.8)));
                WITHIN(nearest, 1e-10);
            }
        }
    }

    void a9ConstantsSettle() {
        for (const Scheme scheme : {Scheme::backwardEuler, Scheme::bilinear, Scheme::zoh}) {
            const Vector x = run(discretise(hippo(Method::legs, 12), scheme, 0.05), Vector(4000, 0.7));
            WITHIN(std::abs(x[0] - 0.7), 1e-12);
            for (std::size_t n = 1; n < 12; ++n) WITHIN(std::abs(x[n]), 1e-12);
        }
    }

    void a19LinearShiftAndCausal() {
        const Discrete d = discretise(hippo(Method::legt, 16), Scheme::zoh, 0.02);
        const Vector C = normals(16, 1), u = normals(300, 2), v = normals(300, 3);
        Vector sum, late{0, 0, 0}, changed = u;
        for (std::size_t i = 0; i < u.size(); ++i) sum.push_back(2 * u[i] - 3 * v[i]);
        late.insert(late.end(), u.begin(), u.end() - 3);
        changed[200] += 1;
        const Vector y = outputs(d, C, u), z = outputs(d, C, v), both = outputs(d, C, sum), shifted = outputs(d, C, late),
                     other = outputs(d, C, changed);
        for (std::size_t i = 0; i < u.size(); ++i) WITHIN(std::abs(both[i] - 2 * y[i] + 3 * z[i]), 1e-12);
        for (std::size_t i = 3; i < u.size(); ++i) QCOMPARE(shifted[i], y[i - 3]); // the same operations: the same bits
        for (std::size_t i = 0; i < 200; ++i) QCOMPARE(other[i], y[i]);
        QVERIFY(other[200] != y[200]);
    }

    void a20DoubleStepsOnEverySecondSample() {
        const System s = hippo(Method::legs, 16);
        const Vector half = normals(150, 4);
        Vector held;
        for (const double v : half) held.insert(held.end(), 2, v);
        const Vector fine = run(discretise(s, Scheme::zoh, 0.01), held), coarse = run(discretise(s, Scheme::zoh, 0.02), half);
        WITHIN(farthest(fine, coarse), 1e-13);
        QVERIFY(farthest(run(discretise(s, Scheme::zoh, 0.01), half), coarse) > 1e-2); // Delta swapped
        QVERIFY(farthest(run(discretise(s, Scheme::bilinear, 0.02), half), coarse) > 1e-6);
    }

    void blocksAreTheSameSteps() {
        const Discrete d = discretise(hippo(Method::fout, 22), Scheme::bilinear, 0.01);
        const Vector u = normals(1000, 5);
        const BlockStepper stepper(d);
        Vector x, y;
        stepper.step(x, std::span(u).first(333)), stepper.step(x, std::span(u).subspan(333));
        y = run(d, u);
        WITHIN(relative(x, y), 1e-12);
    }

    void t14ExplicitStepsHaveALimit() {
        const ComplexVector legs = eigenvalues(hippo(Method::legs, 64).A);
        const Stability s = stability(legs, Scheme::forwardEuler, 0.1);
        QVERIFY(!s.stable);
        WITHIN(std::abs(s.limit - 2.0 / 64), 1e-15); // Delta N < 2
        WITHIN(std::abs(s.radius - 5.4), 1e-12);     // |1 - 0.1 · 64|
        QVERIFY(s.sentence.find("explodes") != std::string::npos);
        QVERIFY(stability(legs, Scheme::forwardEuler, 0.031).stable && !stability(legs, Scheme::forwardEuler, 0.0313).stable);
        for (const Scheme scheme : {Scheme::backwardEuler, Scheme::bilinear, Scheme::zoh})
            QVERIFY(stability(legs, scheme, 100).stable);
        // Complex ones: the limit is where |1 + Delta lambda| = 1.
        const ComplexVector legt = eigenvalues(hippo(Method::legt, 4).A);
        const double limit = stability(legt, Scheme::forwardEuler, 0.01).limit;
        QVERIFY(stability(legt, Scheme::forwardEuler, 0.999 * limit).stable &&
                !stability(legt, Scheme::forwardEuler, 1.001 * limit).stable);
        QVERIFY(explicitNeedsSmallSteps(64, 0.1).sprung && !explicitNeedsSmallSteps(64, 0.01).sprung);
    }

    void t6SamplesFromTheEndCostAnOrder() {
        const Finding f = sampledAtTheEnd(512), g = sampledAtTheEnd(1024);
        QVERIFY2(f.sprung, f.sentence.c_str());
        WITHIN(std::abs(f.measured / g.measured - 2), 0.2); // first order
        WITHIN(std::abs(f.cured / g.cured - 4), 0.5);       // second
    }

    void stepsThatAreNoneAreNamed() {
        QVERIFY(errorOf([] { discretise(hippo(Method::legs, 4), Scheme::zoh, 0); }).find("positive") != std::string::npos);
        QVERIFY(errorOf([] { discretise(hippo(Method::legs, 4), Scheme::zoh, NAN); }).find("positive") != std::string::npos);
        QVERIFY(errorOf([] { discretise(hippo(Method::legsScaled, 4), Scheme::zoh, 1); }).find("changes with time") !=
                std::string::npos);
    }

    void scaledModesAreTheDenseSteps() {
        const System s = hippo(Method::fourierHistory, 13);
        const ScaledModes modes(s);
        WITHIN(modes.condition(), 1e6);
        Vector x = normals(13, 6), y = x;
        modes.advance(LegsStep::midpoint, x, Vector{0.4}, 9);
        const double h = stepSize(LegsStep::midpoint, 9);
        Vector right = product(combined(1, identity(13), h / 2, s.A), y);
        for (std::size_t n = 0; n < 13; ++n) right[n] += h * 0.4 * s.B[n];
        WITHIN(relative(x, solved(combined(1, identity(13), -h / 2, s.A), right)), 1e-10);
        // exact: constants stay, and a stretched signal gives the same
        Vector constant(13), once(13), twice(13);
        modes.advance(LegsStep::exact, constant, Vector(50, 0.3), 0);
        WITHIN(std::abs(constant[0] - 0.3), 1e-10);
        const Vector u = normals(60, 7);
        Vector stretched;
        for (const double v : u) stretched.insert(stretched.end(), 2, v);
        modes.advance(LegsStep::exact, once, u, 0), modes.advance(LegsStep::exact, twice, stretched, 0);
        WITHIN(farthest(once, twice), 1e-9);
        QVERIFY(errorOf([] { ScaledModes broken(hippo(Method::legsScaled, 64)); }).find("ill-conditioned") != std::string::npos);
    }

    void scrubbingShowsWhatWasThere_data() {
        QTest::addColumn<int>("method");
        for (int i = 0; i < methods; ++i) QTest::newRow(toString(Method(i))) << i;
    }
    void scrubbingShowsWhatWasThere() {
        QFETCH(int, method);
        const System s = hippo(Method(method), 20, {.theta = 1});
        const Signal u = noise(2, 1, 3, 9001, 1e-3);
        const Timeline line = finished(Timeline(s, {}, u.dt), u.samples);
        QVERIFY(!line.exploded());
        for (const std::size_t k : {0u, 1u, 63u, 64u, 65u, 4096u, 5000u, 9001u}) {
            const Timeline fresh =
                finished(Timeline(s, {}, u.dt), Vector(u.samples.begin(), u.samples.begin() + std::ptrdiff_t(k)));
            WITHIN(farthest(line.state(std::int64_t(k)), fresh.state(std::int64_t(k))), 1e-11);
        }
        // and it is a memory: half a unit back, where each of them still sees a signal of two turns. LagT has a flat weight over
        // all ages and needs more states; what it shows there is only bounded.
        const Vector back = line.reconstruction(9001, Vector{0.5});
        const double was = noiseAt(2, 1, 3, u.duration(), Vector{u.duration() - 0.5})[0];
        const bool vague = s.method == Method::lagt || s.method == Method::glagt || s.scaled || s.method == Method::fourierWindow;
        WITHIN(std::abs(back[0] - was), vague ? 4 : 0.3);
        QVERIFY(errorOf([&] { line.state(9002); }).find("9001 are done") != std::string::npos);
    }

    void oddSignalsAndSizesAreRemembered_data() { scrubbingShowsWhatWasThere_data(); }
    void oddSignalsAndSizesAreRemembered() {
        QFETCH(int, method);
        for (const std::int64_t N : {1, 2, 3}) {
            const System s = hippo(Method(method), N, {.theta = 0.5});
            const Timeline none = finished(Timeline(s, {}, 0.01), {});
            QCOMPARE(none.state(0), Vector(std::size_t(N)));
            QVERIFY(none.reconstruction(0, Vector{0.0}).at(0) == 0);
            for (const Vector& u : {Vector{0.7}, Vector(2000, 0.7)}) {
                const Timeline line = finished(Timeline(s, {}, 0.01), u);
                QVERIFY(!line.exploded() && line.peak() <= 2);
                const double now = line.reconstruction(line.done(), Vector{0.2}).at(0);
                QVERIFY(std::isfinite(now));
                // A constant is what all but LagT (flat over all ages, zero before the start) hold with a single number.
                const bool holds = s.method != Method::lagt && s.method != Method::glagt && s.method != Method::fout;
                if (u.size() > 1 && holds && s.method != Method::fourierWindow) WITHIN(std::abs(now - 0.7), 1e-2);
            }
        }
    }

    void explosionsAreToldNotDrawn() {
        const Signal u = sines({{1, 1, 0}}, 3000, 1e-2);
        const Timeline scaled =
            finished(Timeline(hippo(Method::legsScaled, 64), {.scaled = LegsStep::forwardEuler}, u.dt), u.samples);
        QVERIFY(scaled.exploded() && scaled.explodedAt() < 64);
        QVERIFY(scaled.trouble().find("N = 64") != std::string::npos);
        const Timeline fixed = finished(Timeline(hippo(Method::legs, 512), {.scheme = Scheme::forwardEuler}, u.dt), u.samples);
        QVERIFY(fixed.exploded());
        QVERIFY2(fixed.trouble().find("stable") != std::string::npos, fixed.trouble().c_str());
        const Timeline fine = finished(Timeline(hippo(Method::legsScaled, 512), {}, u.dt), u.samples);
        QVERIFY(!fine.exploded() && fine.trouble().empty());
        QVERIFY(errorOf([] { Timeline(hippo(Method::legs, 4), {}, 1).append(Vector{NAN}); }).find("finite") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestDiscretise)
#include "tst_discretise.moc"
