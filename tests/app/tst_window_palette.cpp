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

    /// What no line of text can set, and what does not act at the moment: the palette shows where it is.
    void showsWhereAParameterIs() {
        test::Window window;
        QVERIFY(window.drawn());
        type(window, "chosen");
        QVERIFY2(window->palette().shown().front().title.contains("chosen"), qPrintable(window->palette().shown().front().title));
        window.trigger("view.panel");
        window.frames(2);
        QVERIFY(window.control("chosen").x() < 0);
        enter(window);
        QTRY_VERIFY(window.control("chosen").x() > 0);
        // The panel has no row for the Gaussians of a mixture while the shape is another: its choice is shown instead.
        type(window, "components");
        const app::PaletteEntry& entry = window->palette().shown().front();
        QVERIFY2(entry.title.contains("components") && entry.detail.contains("Shape: mixture"), qPrintable(entry.detail));
        enter(window);
        QTRY_VERIFY(window.control("data").x() > 0);
        QVERIFY(window.control("components").x() < 0);
        window->bench().set("data", std::string("mixture"));
        type(window, "components");
        enter(window);
        QTRY_VERIFY(window.control("components").x() > 0);
        QCOMPARE(window.settings().text("data"), std::string("mixture"));
    }

    /// Every parameter of the lab is to be found by its key, acting or not; what hangs on two choices names the one that is missing.
    void findsEveryParameter() {
        test::Window window;
        QVERIFY(window.drawn());
        const auto found = [&](const std::string& key) -> const app::PaletteEntry* {
            window->palette().open(QString::fromStdString(key));
            for (const app::PaletteEntry& entry : window->palette().shown())
                if (entry.title.endsWith("   " + QString::fromStdString(key))) return &entry;
            return nullptr;
        };
        for (const lab::Parameter& p : window.session().declaration().parameters) QVERIFY2(found(p.key), p.key.c_str());
        window->bench().set("method", std::string("ode"));
        QVERIFY(found("lambda")->detail.contains("Method: SDE"));
        window->bench().set("journey", std::string("forward"));
        QVERIFY2(found("lambda")->detail.contains("Journey: reverse, there and back"), qPrintable(found("lambda")->detail));
        window->palette().hide();
    }

    /// "strategy!=plain": what must not be so is named as well, and an action that has nothing to do here says where it has.
    void namesWhatMustNotBe() {
        test::Window window;
        QVERIFY(window.drawn());
        window->bench().openLab("language");
        window->bench().set("strategy", std::string("plain"));
        const auto detail = [&](const QString& title) {
            window->palette().open(title);
            for (const app::PaletteEntry& entry : window->palette().shown())
                if (entry.title == title || entry.title.endsWith("   " + title)) return entry.detail;
            return QString("not found");
        };
        QVERIFY2(detail("widths").contains(QString::fromUtf8("Draft by \xE2\x89\xA0 ")), qPrintable(detail("widths")));
        QVERIFY2(!detail("Race").contains("Acts only"), qPrintable(detail("Race")));
        window->bench().set("show", std::string("ngram"));
        QVERIFY2(detail("Race").contains("Show: "), qPrintable(detail("Race")));
        window->palette().hide();
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
