// SPDX-License-Identifier: GPL-3.0-or-later
// The state-space lab in the real window: a mouse draws a signal and it is remembered while the stroke goes on; the playhead
// and the transport scrub; N is dragged in the error plot.
#include "engine/labs/statespace/lab.h"
#include "tests/support/window_test.h"

using namespace orrery;
using namespace orrery::test;

namespace {

struct Lab {
    explicit Lab(Window& window) : window(window) { window.openLab("statespace"); }
    const statespace::Remember& memory() {
        return dynamic_cast<const statespace::StatespaceLab&>(window.session().lab()).memory();
    }
    Window& window;
};

} // namespace

class TestWindowStatespace : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void aStrokeIsRememberedWhileItGoesOn() {
        Window window({}, false);
        QVERIFY(window.drawn());
        Lab lab(window);
        QVERIFY(window->bench().openScenario("draw"));
        QVERIFY(window.rest());
        const QPoint from = window.control("signal plot", 0.05, 0.7), to = window.control("signal plot", 0.8, 0.2);
        QVERIFY(from.x() > 0);
        QTest::mouseMove(&window.view(), from);
        window.frames(2);
        QTest::mousePress(&window.view(), Qt::LeftButton, {}, from);
        window.frames(2);
        int before = -1;
        for (int i = 1; i <= 10; ++i) {
            QTest::mouseMove(&window.view(), from + (to - from) * i / 10);
            window.frames(2);
            if (i < 3) continue;
            // In the middle of the stroke: the moment follows the pen, and every method holds something.
            QVERIFY(QTest::qWaitFor([&] { return lab.memory().position() > before; }, patience));
            before = lab.memory().position();
            for (std::size_t m = 0; m < lab.memory().count(); ++m)
                QVERIFY(statespace::largestMagnitude(lab.memory().state(m)) > 0.01);
        }
        QTest::mouseRelease(&window.view(), Qt::LeftButton, {}, to);
        QVERIFY(window.rest());
        QVERIFY(window.settings().points("drawn").rows() >= 10);
        QVERIFY2(std::abs(lab.memory().now() - 8) < 0.15, qPrintable(QString::number(lab.memory().now())));
        // What LegS says of the middle of the stroke is what was drawn there: half way between the two ends, in the picture's
        // range of -1.25 to 1.25.
        const double age = lab.memory().now() - 4.25;
        const double wanted = 1.25 - 2.5 * 0.45, said = lab.memory().remembered(0, std::span(&age, 1)).at(0);
        QVERIFY2(std::abs(said - wanted) < 0.1, qPrintable(QString::number(said)));
        window->bench().session().undo();
        QVERIFY2(window.settings().points("drawn").rows() == 0, "one stroke, one entry of the history");
    }

    void thePlayheadIsDragged() {
        Window window({}, false);
        QVERIFY(window.drawn());
        Lab lab(window);
        QVERIFY(window.rest());
        QCOMPARE(lab.memory().position(), 3072);
        const statespace::Vector there = lab.memory().state(0);
        const QImage before = window.picture();
        window.drag(window.control("signal plot", 0.75), window.control("signal plot", 0.3));
        QVERIFY(QTest::qWaitFor([&] { return lab.memory().position() < 1400; }, patience));
        QVERIFY(std::abs(lab.memory().position() - 0.3 * 4096) < 40);
        QVERIFY(window.rest());
        QVERIFY(difference(before, window.picture(), 40) > 0.002);
        window.transport().seek(3072);
        QVERIFY(window.rest());
        QVERIFY2(lab.memory().state(0) == there, "the very same numbers");
    }

    void statesAreDragged() {
        Window window({}, false);
        QVERIFY(window.drawn());
        Lab lab(window);
        QVERIFY(window.rest());
        const QPoint low = window.control("errors", 0.3), high = window.control("errors", 0.9);
        window.drag(low, high);
        QVERIFY(QTest::qWaitFor([&] { return window.settings().integer("states") > 40; }, patience));
        QVERIFY(window.rest());
        QCOMPARE(lab.memory().request().N, window.settings().integer("states"));
        window->bench().session().undo();
        QCOMPARE(window.settings().integer("states"), std::int64_t(32));
    }

    void aDerivationIsWalkedByKeys() {
        Window window({}, false);
        QVERIFY(window.drawn());
        Lab lab(window);
        QVERIFY(window->bench().openScenario("derivation"));
        QVERIFY(window.rest());
        const auto& it = dynamic_cast<const statespace::StatespaceLab&>(window.session().lab()).deriving();
        QCOMPARE(it.position(), 6);
        const QImage before = window.picture();
        QTest::keyClick(&window.view(), Qt::Key_Right);
        QVERIFY(QTest::qWaitFor([&] { return it.position() == 7; }, patience));
        QVERIFY(window.rest());
        QVERIFY(difference(before, window.picture(), 40) > 0.002);
        QTest::keyClick(&window.view(), Qt::Key_Left);
        QTest::keyClick(&window.view(), Qt::Key_Left);
        QVERIFY(QTest::qWaitFor([&] { return it.position() == 5; }, patience));
    }

    void everyPageIsDrawn() {
        Window window({}, false);
        QVERIFY(window.drawn());
        Lab lab(window);
        QVERIFY(window.rest());
        QImage last = window.picture();
        for (const char* scenario : {"structure", "kernel", "accuracy", "derivation", "selective", "board", "trap-t3"}) {
            QVERIFY2(window->bench().openScenario(scenario), scenario);
            QVERIFY2(window.rest(), scenario);
            const QImage now = window.picture();
            QVERIFY2(difference(last, now, 20) > 0.02, scenario);
            last = now;
        }
        QCOMPARE(window.notice(), QString());
    }
};

ORRERY_WINDOW_TEST_MAIN(TestWindowStatespace)
#include "tst_window_statespace.moc"
