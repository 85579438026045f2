// SPDX-License-Identifier: GPL-3.0-or-later
// The state-space lab in the viewport: a stroke of the mouse, a pole and a z in the hand, a trap that is clicked, explosions
// told in words; a million samples redrawn in time.
#include "engine/labs/statespace/lab.h"
#include "tests/ui/rig.h"

using namespace orrery;
using namespace orrery::test;

namespace {

struct SpaceRig : Rig {
    explicit SpaceRig(const std::string& scenario) : Rig(1280, 720, "statespace") {
        session.apply(lab::loadScenario(scenario, "statespace"));
        rest();
    }
    const statespace::StatespaceLab& lab() const { return dynamic_cast<const statespace::StatespaceLab&>(session.lab()); }
    Area spot(const std::string& name) const {
        Area area;
        if (!control(name, area)) qFatal("no spot %s", name.c_str());
        return area;
    }
};

} // namespace

class TestStatespace : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void aStrokeDraws() {
        SpaceRig rig("draw");
        const SpaceRig::Area plot = rig.spot("signal plot");
        rig.drag(plot.at(0.1, 0.5), plot.at(0.6, 0.2), 12);
        rig.rest();
        QVERIFY(rig.session.settings().points("drawn").rows() >= 10);
        QVERIFY(std::abs(rig.lab().memory().now() - 6) < 0.05);
        // A second stroke takes the place of what it passes over, and of nothing else.
        const std::size_t before = rig.session.settings().points("drawn").rows();
        rig.drag(plot.at(0.7, 0.8), plot.at(0.8, 0.8), 4);
        const lab::Points after = rig.session.settings().points("drawn");
        QCOMPARE(after.rows(), before + 5);
        for (std::size_t i = 1; i < after.rows(); ++i) QVERIFY(after.values[2 * i] > after.values[2 * i - 2]);
        rig.click(rig.spot("clear").at(0.5));
        QCOMPARE(rig.session.settings().points("drawn").rows(), std::size_t(0));
        rig.click(rig.spot("draw").at(0.5));
        QCOMPARE(rig.session.settings().text("signal"), std::string("noise"));
        QVERIFY(rig.errors.empty());
    }

    void anExplosionDrawsNoCurve() {
        SpaceRig rig("euler");
        const SpaceRig::Area plot = rig.spot("signal plot");
        const auto orange = [](const Rgb& c) { return c.r > 190 && c.g > 120 && c.g < 190 && c.b < 60; };
        const glm::dvec2 low = plot.at(0.02, 0.45), high = plot.at(0.97, 1);
        QCOMPARE(count(rig.rest(), low, high, orange), 0);
        rig.session.set("legs_step", std::string("midpoint"));
        QVERIFY2(count(rig.rest(), low, high, orange) > 200, "with a stable step the curve is there");
    }

    void aPoleIsDragged() {
        SpaceRig rig("structure");
        const SpaceRig::Area plane = rig.spot("poles");
        const double before = rig.session.settings().number("delta");
        rig.drag(plane.at(0.9, 0.5), plane.at(0.6, 0.5), 6);
        QVERIFY(rig.session.settings().number("delta") > 2 * before);
        rig.session.undo();
        QCOMPARE(rig.session.settings().number("delta"), before);
    }

    void zIsDragged() {
        SpaceRig rig("kernel");
        const SpaceRig::Area circle = rig.spot("circle");
        rig.drag(rig.spot("z").at(0.5), circle.at(0.02, 0.5), 6);
        QVERIFY(std::abs(rig.session.settings().number("angle") - 0.5) < 0.02);
        QVERIFY(!std::isfinite(std::abs(rig.lab().convolving().published().value())));
    }

    void aTrapIsClicked() {
        SpaceRig rig("trap-t1");
        rig.click(rig.spot("trap t8").at(0.5));
        QCOMPARE(rig.session.settings().text("trap"), std::string("t8"));
    }

    void aDerivationIsWalkedByButtons() {
        SpaceRig rig("derivation");
        const statespace::Deriving& it = rig.lab().deriving();
        rig.session.transport().seek(0);
        rig.rest();
        rig.click(rig.spot("next").at(0.5));
        rig.rest();
        QCOMPARE(it.position(), 1);
        rig.click(rig.spot("step 5").at(0.5));
        rig.rest();
        QCOMPARE(it.position(), 5);
        rig.click(rig.spot("back").at(0.5));
        rig.rest();
        QCOMPARE(it.position(), 4);
        // A wrong sign turns the verdict of the steps that need it red: the same place, another colour.
        const auto red = [](const Rgb& c) { return c.r > 200 && c.g < 140 && c.b < 150; };
        const glm::dvec2 low = rig.spot("step 7").at(0, 0), high = rig.spot("step 7").at(1, 1);
        rig.session.transport().seek(8);
        QCOMPARE(count(rig.rest(), low, high, red), 0);
        rig.session.set("slip", true);
        QVERIFY(count(rig.rest(), low, high, red) > 20);
        QVERIFY(rig.errors.empty());
    }

    void ordersAreScrubbed() {
        SpaceRig rig("accuracy");
        QCOMPARE(rig.lab().orders().position(), statespace::Orders::points);
        const SpaceRig::Area plot = rig.spot("scaled plot");
        rig.drag(plot.at(0.9, 0.5), plot.at(0.5, 0.5), 5);
        rig.rest();
        QCOMPARE(rig.lab().orders().position(), 7);
    }

    /// Redraws of a million samples while the moment moves: 50 ms on this machine's CPU device is the goal; a test run beside
    /// others is given four times that, and looks at the median.
    void aMillionSamplesAreRedrawnInTime() {
        SpaceRig rig("million");
        std::vector<double> times;
        for (int i = 0; i < 21; ++i) {
            rig.session.transport().seek(100000 + 40000 * i);
            QElapsedTimer timer;
            timer.start();
            rig.frame();
            times.push_back(double(timer.nsecsElapsed()) / 1e6);
        }
        std::sort(times.begin(), times.end());
        qInfo("median %.1f ms, longest %.1f ms", times[10], times[20]);
        QVERIFY2(times[10] < 200, qPrintable(QString::number(times[10])));
    }
};

ORRERY_TEST_MAIN(TestStatespace)
#include "tst_statespace.moc"
