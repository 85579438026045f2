// SPDX-License-Identifier: GPL-3.0-or-later
// The palette by keyboard alone: parameters are set, flags toggled, choices offered, scenarios and lesson steps opened.
#include "app/shell/fuzzy.h"
#include "tests/support/window_test.h"

using namespace orrery;

class TstWindowPalette : public QObject {
    Q_OBJECT

    void type(test::Window& window, const QString& text) {
        QTest::keyClick(&window.view(), Qt::Key_K, Qt::ControlModifier);
        QTRY_VERIFY(window->palette().isVisible());
        QTest::keyClicks(&window->palette().field(), text);
    }
    void enter(test::Window& window) { QTest::keyClick(&window->palette().field(), Qt::Key_Return); }

 private Q_SLOTS:
    void setsAParameter() {
        test::Window window;
        QVERIFY(window.drawn());
        type(window, "beta_max 12");
        enter(window);
        QVERIFY(!window->palette().isVisible());
        QCOMPARE(window.settings().number("beta_max"), 12.0);
        // Enter on the name alone goes on to the value.
        type(window, "beta_max");
        enter(window);
        QVERIFY(window->palette().isVisible());
        QCOMPARE(window->palette().field().text(), QString("beta_max "));
        QTest::keyClicks(&window->palette().field(), "8.5");
        enter(window);
        QCOMPARE(window.settings().number("beta_max"), 8.5);
        window.trigger("edit.undo");
        QCOMPARE(window.settings().number("beta_max"), 12.0);
    }

    void refusesWhatIsOutOfRange() {
        test::Window window;
        QVERIFY(window.drawn());
        const double before = window.settings().number("beta_max");
        type(window, "beta_max 9000");
        enter(window);
        QCOMPARE(window.settings().number("beta_max"), before);
        QVERIFY2(window.notice().contains("beta_max"), qPrintable(window.notice()));
    }

    void togglesAFlag() {
        test::Window window;
        QVERIFY(window.drawn());
        const bool before = window.settings().flag("show_contours");
        type(window, "show_contours");
        enter(window);
        QCOMPARE(window.settings().flag("show_contours"), !before);
    }

    void offersChoices() {
        test::Window window;
        QVERIFY(window.drawn());
        type(window, "sde ");
        QCOMPARE(window->palette().shown().front().title.contains("VP"), true);
        QTest::keyClick(&window->palette().field(), Qt::Key_Down);
        enter(window);
        QCOMPARE(window.settings().text("sde"), std::string("ve"));
    }

    void opensAScenarioAndALessonStep() {
        test::Window window;
        QVERIFY(window.drawn());
        const auto scenarios = lab::embeddedScenarios("diffusion");
        const auto moons = std::ranges::find(scenarios, "moons-memory", &lab::Scenario::name);
        QVERIFY(moons != scenarios.end());
        type(window, QString::fromStdString(moons->title));
        enter(window);
        QCOMPARE(window->bench().opened().name, std::string("moons-memory"));
        QCOMPARE(window.settings().text("data"), std::string("moons"));
        type(window, window->lesson().steps()[2].title);
        enter(window);
        QCOMPARE(window->lesson().step(), 2);
        QCOMPARE(window->bench().opened().name, window->lesson().steps()[2].scenario);
    }

    void runsAnAction() {
        test::Window window;
        QVERIFY(window.drawn());
        const std::uint64_t seed = window.session().seed();
        type(window, "new noise");
        enter(window);
        QCOMPARE(window.session().seed(), seed + 1);
        type(window, "nothing is called like this 77");
        enter(window);
        QTest::keyClick(&window->palette().field(), Qt::Key_Escape);
        QVERIFY(!window->palette().isVisible());
    }

    void scores() {
        using app::fuzzyScore;
        QVERIFY(fuzzyScore("xq", "Restart") == 0);
        QVERIFY(fuzzyScore("rl", "Reset layout") > fuzzyScore("rl", "Parallel"));
        QVERIFY(fuzzyScore("beta", "beta_max") > fuzzyScore("beta", "Better tables"));
        QVERIFY(fuzzyScore("res", "Restart") > fuzzyScore("res", "Show pressure"));
        QVERIFY(fuzzyScore("", "anything") > 0);
    }
};

ORRERY_WINDOW_TEST_MAIN(TstWindowPalette)
#include "tst_window_palette.moc"
