// SPDX-License-Identifier: GPL-3.0-or-later
// Theme and language switched while it runs, and the layout remembered: seen in pictures and words of the window.
#include "tests/support/window_test.h"

#include <map>

using namespace orrery;

namespace {

/// The colour of most pixels: what lies behind everything.
QColor ground(const QImage& picture) {
    std::map<QRgb, int> counts;
    for (int y = 0; y < picture.height(); y += 2)
        for (int x = 0; x < picture.width(); x += 2) ++counts[picture.pixel(x, y)];
    return std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; })->first;
}

} // namespace

class TstWindowLook : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void switchesTheTheme() {
        test::Window window;
        // Density and arrows off: most of the viewport is bare ground then.
        for (const char* layer : {"show_density", "show_score", "show_marginals"}) window.session().set(layer, false);
        QVERIFY(window.drawn() && window.rest());
        window.trigger("view.panel");
        QVERIFY(window.rest());
        QCOMPARE(ground(window.picture()), QColor("#0A0F1D"));
        QCOMPARE(ground(window->lesson().grab().toImage()), QColor("#10162A"));
        window.trigger("view.light");
        QVERIFY(window.rest());
        QCOMPARE(ground(window.picture()), QColor("#FBFAF7"));
        QCOMPARE(ground(window->lesson().grab().toImage()), QColor("#F3F1EA"));
        QCOMPARE(ground(window->charts().grab().toImage()), QColor("#F3F1EA"));
        window.trigger("view.light");
        QVERIFY(window.rest());
        QCOMPARE(ground(window.picture()), QColor("#0A0F1D"));
    }

    void speaksChinese() {
        test::Window window;
        QVERIFY(window.drawn() && window.rest());
        const QString title = window->lesson().steps().front().title;
        const QImage panel = window.picture();
        window.trigger("view.chinese");
        QVERIFY(window.rest());
        const QString file = window->menuBar()->actions().front()->text();
        QVERIFY2(file.contains(QString::fromUtf8("文件")), qPrintable(file));
        QCOMPARE(app::say("Particles"), QString::fromUtf8("粒子"));
        QVERIFY(window->lesson().steps().front().title != title);
        QCOMPARE(window->lesson().steps().size(), std::size_t(8));
        // The panel in the viewport changes too, and so do the texts of the actions.
        const QRect place(0, 0, 300, window.view().height());
        QVERIFY(test::difference(panel.copy(place), window.picture().copy(place), 30) > 0.01);
        QVERIFY(window->actions()["file.open"].text() != QString::fromUtf8("Open…"));
        window.trigger("view.english");
        QVERIFY(window.rest());
        QCOMPARE(window->lesson().steps().front().title, title);
        QCOMPARE(window->actions()["file.open"].text(), QString::fromUtf8("Open…"));
        QVERIFY(test::difference(panel.copy(place), window.picture().copy(place), 30) < 0.002);
    }

    void remembersAndResetsTheLayout() {
        {
            test::Window window;
            QVERIFY(window.drawn());
            window.trigger("view.charts");
            window.trigger("view.light");
            QVERIFY(!window->charts().isVisible());
            QVERIFY(window.close());
        }
        test::Window window({.theme = "light", .restore = false});
        QVERIFY(window.drawn());
        QVERIFY(!window->charts().isVisible());
        QVERIFY(window->lesson().isVisible());
        QVERIFY(!window->actions()["view.charts"].isChecked());
        QVERIFY(app::Look::instance().light());
        window.trigger("view.reset");
        QVERIFY(window->charts().isVisible());
        QVERIFY(window->actions()["view.charts"].isChecked());
        window.trigger("view.light");
        QVERIFY(window.close());
    }

    void bringsTheLastScenarioBack() {
        {
            test::Window window;
            QVERIFY(window.drawn());
            window.session().set("beta_max", 13.0);
            window.session().setSeed(4242);
            window.transport().seek(window.transport().steps() / 2);
            QVERIFY(window.close());
        }
        test::Window again({}, false);
        QCOMPARE(again.settings().number("beta_max"), 13.0);
        QCOMPARE(again.settings().integer("particles"), std::int64_t(2000));
        QCOMPARE(again.session().seed(), std::uint64_t(4242));
        QCOMPARE(again.transport().target(), again.transport().steps() / 2);
        test::Window asked({.scenario = "moons-memory"}, false); // what is asked for comes first
        QCOMPARE(asked->bench().opened().name, std::string("moons-memory"));
    }

    void aBrokenAutosaveIsSaidOnce() {
        QFile file(app::Preferences::autosaveFile());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{ not json");
        file.close();
        test::Window window({}, false);
        QVERIFY(window.drawn());
        QVERIFY2(window.notice().contains("last.json"), qPrintable(window.notice()));
        QCOMPARE(window->bench().opened().name, window.session().declaration().defaultScenario);
        QVERIFY(!file.exists());
    }
};

ORRERY_WINDOW_TEST_MAIN(TstWindowLook)
#include "tst_window_look.moc"
