// SPDX-License-Identifier: GPL-3.0-or-later
// The window opens with the default scenario, shows it, plays, scrubs exactly, and rests when nothing moves.
#include "tests/support/window_test.h"

#include <QElapsedTimer>

using namespace orrery;

namespace {

int brightPixels(const QImage& picture) {
    int count = 0;
    for (int y = 0; y < picture.height(); ++y)
        for (int x = 0; x < picture.width(); ++x) count += qGray(picture.pixel(x, y)) > 150;
    return count;
}

} // namespace

class TstWindowStart : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void showsTheDefaultScenario() {
        QElapsedTimer time;
        time.start();
        test::Window window({}, false);
        QVERIFY(window.drawn());
        qInfo("start to first frames: %lld ms", time.elapsed());
        window.transport().pause();
        window.transport().seek(0);
        QVERIFY(window.rest());
        const lab::Declaration& lab = window.session().declaration();
        QCOMPARE(window->bench().opened().name, lab.defaultScenario);
        QVERIFY(window->pane().explanation().isEmpty());
        const auto& charts = window->charts().all(); // one for each chart name in the declared series
        QCOMPARE(charts.size(), std::size_t(6));
        QCOMPARE(std::ranges::count_if(charts, [](const app::Chart* chart) { return chart->isVisible(); }), 3);
        QCOMPARE(window->lesson().steps().size(), std::size_t(8));
        // Data at the first step: sixty-four dense blobs on a ground of the theme's colour.
        const QImage picture = window.picture();
        QVERIFY2(brightPixels(picture) > 2000, qPrintable(QString::number(brightPixels(picture))));
        const QColor ground = app::colours().ground;
        int grounds = 0;
        for (int x = 0; x < picture.width(); x += 3)
            for (int y = 0; y < picture.height(); y += 3) grounds += QColor(picture.pixel(x, y)) == ground;
        QVERIFY2(grounds > 1000, qPrintable(QString::number(grounds)));
    }

    void playsAndRests() {
        test::Window window;
        QVERIFY(window.drawn() && window.rest());
        const QImage first = window.picture();
        // By the keyboard, with the focus in the viewport.
        QTest::keyClick(&window.view(), Qt::Key_Space);
        QVERIFY(window.transport().playing());
        QTRY_VERIFY_WITH_TIMEOUT(window.session().lab().position() > window.transport().steps() / 10, test::patience);
        QTest::keyClick(&window.view(), Qt::Key_Space);
        QVERIFY(!window.transport().playing());
        QVERIFY(window.rest());
        QVERIFY(test::difference(first, window.picture(), 20) > 0.05);
        // At rest hardly anything is drawn: the battery is somebody's.
        const std::uint64_t before = window.view().frames();
        QTest::qWait(2500);
        QVERIFY2(window.view().frames() - before <= 5, qPrintable(QString::number(window.view().frames() - before)));
    }

    void scrubsBackToWhatWasThere() {
        test::Window window;
        QVERIFY(window.drawn());
        window.trigger("view.hud"); // its figures differ from frame to frame
        app::Scrubber& line = window->transport().scrubber();
        const int steps = window.transport().steps();
        const auto go = [&](int step) {
            QTest::mousePress(&line, Qt::LeftButton, {}, line.handle());
            QTest::mouseMove(&line, line.placeOf(step));
            QTest::mouseRelease(&line, Qt::LeftButton, {}, line.placeOf(step));
            // One pixel of the line is less than a step or more; both ends of what it can mean are fine.
            return std::abs(window.transport().target() - step) <= 1 + steps / line.width() && window.rest();
        };
        QVERIFY(go(steps / 4));
        const int there = window.transport().target();
        QCOMPARE(window.session().lab().position(), there);
        const QImage seen = window.picture();
        const std::vector<float> particles = window.session().lab().array(window->bench().device(), "particles").values;
        QVERIFY(go(steps * 3 / 4));
        QVERIFY(test::difference(seen, window.picture(), 20) > 0.02);
        QVERIFY(go(there));
        window.transport().seek(there);
        QVERIFY(window.rest());
        QCOMPARE(window.session().lab().position(), there);
        QVERIFY(window.session().lab().array(window->bench().device(), "particles").values == particles); // bit for bit
        const double apart = test::difference(seen, window.picture(), 3); // blending may round the other way
        QVERIFY2(apart == 0, qPrintable(QString::number(apart)));
        // The chart's cursor stands at the same moment.
        QTRY_COMPARE(window->charts().all().front()->cursor(), window.session().lab().clock(there));
    }

    void stepsByKeys() {
        test::Window window;
        QVERIFY(window.drawn() && window.rest());
        QTest::keyClick(&window.view(), Qt::Key_Right);
        QTest::keyClick(&window.view(), Qt::Key_Right);
        QTest::keyClick(&window.view(), Qt::Key_Left);
        QCOMPARE(window.transport().target(), 1);
        QTest::keyClick(&*window, Qt::Key_Right, Qt::ShiftModifier);
        QCOMPARE(window.transport().target(), window.transport().steps());
    }
};

ORRERY_WINDOW_TEST_MAIN(TstWindowStart)
#include "tst_window_start.moc"
