// SPDX-License-Identifier: GPL-3.0-or-later
// The accuracy page: measured slopes are the orders (A4), exact states are exact, the optimum line is the projection's.
#include "engine/lab/session.h"
#include "engine/labs/statespace/lab.h"
#include "engine/labs/statespace/legendre.h"
#include "engine/labs/statespace/memory.h"
#include "engine/labs/statespace/sweep.h"
#include "tests/statespace/support.h"
#include "tests/support/test_main.h"

using namespace orrery;
using namespace orrery::test;
using namespace orrery::statespace;
using namespace orrery::statespace::test;
using Verdict = lab::Check::Verdict;

namespace {

struct Bed {
    Bed() : session(device(), "statespace") {
        session.set("show", std::string("orders"));
        end();
    }
    void end() { session.runTo(session.lab().steps()); }
    const Orders& it() { return dynamic_cast<StatespaceLab&>(session.lab()).orders(); }
    lab::Session session;
};

} // namespace

class TestOrders : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    /// The integral of e^((1 - s) A) B u(s), by e^(tA)B's own closed form and quadrature: no augmented matrix there.
    void statesOfConstantSystemsAreExact() {
        for (const Method method : {Method::legs, Method::lagt}) {
            const System s = hippo(method, 8);
            const Quadrature q = gaussLegendre(60);
            Vector ages;
            for (const double r : q.nodes) ages.push_back(1 - r);
            const Matrix held = impulseStates(s, ages);
            Vector x(8);
            for (std::size_t n = 0; n < x.size(); ++n)
                for (std::size_t i = 0; i < ages.size(); ++i)
                    x[n] += q.weights[i] * held(std::int64_t(n), std::int64_t(i)) *
                            (std::sin(7 * q.nodes[i]) + q.nodes[i] * q.nodes[i]);
            WITHIN(farthest(exactSmoothState(s), x), 1e-13);
        }
    }

    void a4SlopesAreTheOrders() {
        Bed bed;
        const OrderStudy study = bed.it().study();
        QCOMPARE(study.scaled.size(), std::size_t(legsSteps));
        QCOMPARE(study.constant.size(), std::size_t(schemes));
        for (const auto* side : {&study.scaled, &study.constant})
            for (const OrderCurve& curve : *side) {
                QVERIFY2(curve.measured && curve.errors.size() == std::size_t(Orders::points), curve.name);
                QVERIFY2(std::abs(curve.slope - curve.order) < 0.2,
                         qPrintable(QString("%1: %2, order %3").arg(curve.name).arg(curve.slope).arg(curve.order)));
            }
        QCOMPARE(bed.session.lab().checks().size(), std::size_t(legsSteps + schemes));
        for (const lab::Check& check : bed.session.lab().checks()) QVERIFY2(check.verdict == Verdict::matches, check.key.c_str());
        // As the lab's tests of single steps have it: first order near 2e-5 at 65536 samples, second order below 1e-8.
        const double published = study.scaled[std::size_t(LegsStep::bilinear)].errors.at(Orders::points - 1),
                     midpoint = study.scaled[std::size_t(LegsStep::midpoint)].errors.at(Orders::points - 1);
        QVERIFY(published > 1e-5 && published < 5e-5 && midpoint < 1e-8);
    }

    /// With 8 numbers of sin 7r + r^2 the rest is that of its Legendre series: power less what the coefficients hold.
    void theOptimumIsTheRest() {
        Bed bed;
        const Vector c = smoothCoefficients(8), more = smoothCoefficients(40);
        double rest = 0, power = 0;
        for (std::size_t n = 0; n < more.size(); ++n) {
            power += more[n] * more[n];
            if (n >= c.size()) rest += more[n] * more[n];
        }
        const double optimum = bed.it().study().optimumScaled;
        WITHIN(std::abs(optimum / std::sqrt(rest / power) - 1), 1e-2); // cells of 1/8192
        bed.session.set("order_states", std::int64_t(24));
        bed.end();
        QVERIFY(bed.it().study().optimumScaled < 1e-3 * optimum);
    }

    void gbtHasOrderTwoInTheMiddleOnly() {
        Bed bed;
        QVERIFY(std::abs(bed.it().study().constant[std::size_t(Scheme::gbt)].slope - 1) < 0.2);
        bed.session.set("order_alpha", 0.5);
        bed.end();
        QVERIFY(std::abs(bed.it().study().constant[std::size_t(Scheme::gbt)].slope - 2) < 0.2);
    }

    /// Forward Euler of 64 states: the scaled one while k < N, the constant one while its step is too long.
    void explosionsAreNoNumbers() {
        Bed bed;
        bed.session.set("order_states", std::int64_t(64));
        bed.end();
        const OrderCurve euler = bed.it().study().scaled[std::size_t(LegsStep::forwardEuler)];
        QVERIFY2(!std::isfinite(euler.errors.at(0)) && !std::isfinite(euler.errors.at(1)), "fewer samples than states");
        QVERIFY(euler.errors.at(6) < 0.1);
        const OrderCurve constant = bed.it().study().constant[std::size_t(Scheme::forwardEuler)];
        QVERIFY2(!std::isfinite(constant.errors.at(0)), "Delta N = 4 at 16 samples");
        QVERIFY2(constant.errors.at(5) < 0.1, "Delta N = 1/8 at 512");
    }

    void everyMethodCanBeChosen() {
        Bed bed;
        for (const char* method : {"legt", "lmu", "lagt", "glagt", "fout", "fourier-window"}) {
            bed.session.set("method", std::string(method));
            bed.end();
            QVERIFY2(bed.it().complete(), method);
            for (const lab::Check& check : bed.session.lab().checks())
                QVERIFY2(check.verdict != Verdict::disagrees,
                         qPrintable(QString("%1 %2: %3").arg(method, check.key.c_str()).arg(check.measured)));
        }
    }

    void theArrayHoldsWhatIsShown() {
        Bed bed;
        bed.session.runTo(5);
        const lab::HostArray all = bed.session.lab().array(device(), "orders");
        QCOMPARE(all.shape, (std::vector<std::uint64_t>{5, 1 + legsSteps + schemes}));
        QCOMPARE(all.values[4 * 13], 256.0f);
    }
};

ORRERY_TEST_MAIN(TestOrders)
#include "tst_orders.moc"
