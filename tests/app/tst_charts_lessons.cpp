// SPDX-License-Identifier: GPL-3.0-or-later
// Charts hold what the lab measured and save it; lessons are read as written and do what their links say.
#include "app/charts/plot.h"
#include "app/shell/links.h"
#include "engine/assets.h"
#include "tests/support/window_test.h"

#include <QDialog>
#include <QSvgRenderer>
#include <QTextBrowser>

using namespace orrery;

namespace {

QByteArray contents(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TstChartsLessons : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

 private Q_SLOTS:
    void chartsHoldTheSeries() {
        test::Window window;
        QVERIFY(window.drawn());
        window.transport().seek(window.transport().steps() / 3);
        QVERIFY(window.rest());
        std::size_t declared = 0;
        for (const app::Chart* chart : window->charts().all())
            for (const lab::Series& series : window.session().declaration().series) {
                if (series.chart != chart->name()) continue;
                ++declared;
                QTRY_COMPARE(chart->points(series.key), int(window.session().lab().series(series.key).size()));
                const bool shown = chart->shown(window.session().settings()); // nothing is trained in the default scenario
                QCOMPARE(chart->points(series.key) > 0, shown);
                QCOMPARE(chart->isVisible(), shown);
            }
        QCOMPARE(declared, window.session().declaration().series.size());
        // Another seed, other curves: what was drawn of the run before is gone.
        app::Chart& chart = *window->charts().all().front();
        for (const std::uint64_t seed : {5, 6}) {
            window.session().setSeed(seed);
            QVERIFY(window.rest());
            const auto samples = window.session().lab().series("mean_x");
            QTRY_COMPARE(chart.points("mean_x"), int(samples.size()));
            const QString file = m_folder.filePath("mean.csv");
            chart.save(file);
            std::size_t row = 0;
            for (const QByteArray& line : contents(file).split('\n')) {
                if (!line.startsWith("\"mean_x\"")) continue;
                // The chart sorts by clock; on the way out that is the order of the steps.
                QVERIFY(std::abs(line.split(',')[3].toDouble() - samples[row].value) <
                        1e-6 + 1e-6 * std::abs(samples[row].value));
                ++row;
            }
            QCOMPARE(row, samples.size());
        }
    }

    /// At the beginning of a run there is one sample, and no line through one.
    void oneSampleIsSeen() {
        test::Window window;
        QVERIFY(window.drawn());
        window.transport().seek(0);
        QVERIFY(window.rest());
        int alone = 0, lines = 0;
        const auto count = [&] {
            alone = lines = 0;
            for (const app::Chart* chart : window->charts().all()) {
                const auto* plot = chart->findChild<QCustomPlot*>();
                for (int i = 0; i < plot->graphCount(); ++i) {
                    const QCPGraph& graph = *plot->graph(i);
                    if (graph.dataCount() == 1 && graph.scatterStyle().isNone()) return false;
                    alone += graph.dataCount() == 1;
                    lines += graph.dataCount() > 1 && graph.scatterStyle().isNone();
                }
            }
            return true;
        };
        QTRY_VERIFY(count() && alone > 0);
        window.transport().seek(window.transport().steps() / 3);
        QVERIFY(window.rest());
        QTRY_VERIFY(count() && lines > 0);
    }

    void chartsAreSaved() {
        test::Window window;
        QVERIFY(window.drawn());
        window.transport().seek(20);
        QVERIFY(window.rest());
        app::Chart& chart = *window->charts().all().front();
        QTRY_VERIFY(chart.points("mean_x") > 10);
        const QString base = m_folder.filePath("chart");
        for (const char* suffix : {".pdf", ".svg", ".png", ".csv"}) chart.save(base + suffix);
        QVERIFY(contents(base + ".pdf").startsWith("%PDF"));
        QVERIFY(QSvgRenderer(base + ".svg").isValid());
        QVERIFY(contents(base + ".svg").contains("<path") || contents(base + ".svg").contains("<polyline"));
        const QImage png(base + ".png");
        QVERIFY(png.width() >= 800);
        const QList<QByteArray> rows = contents(base + ".csv").trimmed().split('\n');
        QCOMPARE(rows.front(), QByteArray("series,unit,clock,value"));
        int wanted = 1;
        for (const lab::Series& series : window.session().declaration().series)
            if (series.chart == chart.name()) wanted += chart.points(series.key);
        QCOMPARE(rows.size(), wanted);
        QVERIFY_EXCEPTION_THROWN(chart.save(base + ".docx"), Error);
        QVERIFY_EXCEPTION_THROWN(chart.save("/proc/nothing/chart.pdf"), Error);
    }

    void lessonsAreReadAsWritten() {
        const auto steps = app::parseLesson(
            "# One\n<!-- scenario: ring -->\n\nText with [a link](orrery:play).\n\nMore.\n\n"
            "![x_t = [1](2)](formula/x.svg)\n\n> **Predict.** What?\n> Two lines.\n\n---\n\n# Two\n\nEnd.\n");
        QCOMPARE(steps.size(), std::size_t(2));
        QCOMPARE(steps[0].title, QString("One"));
        QCOMPARE(steps[0].scenario, std::string("ring"));
        using Kind = app::LessonBlock::Kind;
        QCOMPARE(steps[0].blocks.size(), std::size_t(3));
        QVERIFY(steps[0].blocks[0].kind == Kind::prose && steps[0].blocks[0].text.contains("More."));
        QVERIFY(steps[0].blocks[1].kind == Kind::formula);
        QCOMPARE(steps[0].blocks[1].file, QString("formula/x.svg"));
        QCOMPARE(steps[0].blocks[2].text, QString("**Predict.** What?\nTwo lines."));
        QCOMPARE(steps[1].title, QString("Two"));
        QVERIFY(steps[1].scenario.empty());
    }

    void everyLinkOfTheLessonWorks() {
        test::Window window;
        QVERIFY(window.drawn());
        static const QRegularExpression link(R"(\]\((orrery:[^)\s]+)\))");
        int links = 0;
        for (const char* language : {"en", "zh"})
            for (const app::LessonStep& step : app::loadLesson("diffusion", language)) {
                QVERIFY(!step.title.isEmpty());
                if (!step.scenario.empty()) QVERIFY2(window->bench().openScenario(step.scenario), step.scenario.c_str());
                for (const app::LessonBlock& block : step.blocks) {
                    if (block.kind == app::LessonBlock::Kind::formula)
                        QVERIFY2(asset("diffusion/" + block.file.toStdString()), qPrintable(block.file));
                    for (auto found = link.globalMatch(block.text); found.hasNext(); ++links) {
                        const QString target = found.next().captured(1);
                        window->notice().hide();
                        window->lesson().click(target);
                        QVERIFY2(window.notice().isEmpty(), qPrintable(target + ": " + window.notice()));
                        QVERIFY2(app::describeLink(window->bench(), target) != target, qPrintable(target));
                    }
                }
            }
        QVERIFY(links > 20);
    }

    void linksDoWhatTheySay() {
        test::Window window;
        QVERIFY(window.drawn());
        window->lesson().click("orrery:set/beta_max=3.5");
        QCOMPARE(window.settings().number("beta_max"), 3.5);
        window->lesson().click("orrery:play");
        QVERIFY(window.transport().playing());
        window->lesson().click("orrery:seek/0.5");
        QVERIFY(!window.transport().playing());
        QCOMPARE(window.transport().target(), window.transport().steps() / 2);
        window->lesson().click("orrery:dance");
        QVERIFY(window.notice().contains("dance"));
        // A click on the first link of the page, with the mouse.
        window->lesson().go(0);
        auto* browser = window->lesson().findChild<QTextBrowser*>();
        QVERIFY(browser);
        QTest::keyClick(&*window, Qt::Key_Right, Qt::AltModifier);
        QCOMPARE(window->lesson().step(), 1);
        QCOMPARE(window->bench().opened().name, window->lesson().steps()[1].scenario);
        QTest::mouseClick(window->findChild<QPushButton*>("lessonBack"), Qt::LeftButton);
        QCOMPARE(window->lesson().step(), 0);
    }

    void actionsAreOneTable() {
        QSet<QString> ids, keys;
        for (const app::ActionRow& row : app::actionTable()) {
            if (row.id[0] == '-') continue;
            QVERIFY2(!ids.contains(row.id), row.id);
            ids << row.id;
            for (const QString& key : QString(row.shortcut).split(' ', Qt::SkipEmptyParts)) {
                QVERIFY2(!QKeySequence(key).isEmpty(), row.id);
                QVERIFY2(!keys.contains(key), qPrintable(key)); // a key that means two things means none
                keys << key;
            }
        }
        test::Window window;
        QVERIFY(window.drawn());
        for (const char* menu : {"help.about", "help.shortcuts", "help.number"}) {
            window.trigger(menu);
            auto* dialog = window->findChild<QDialog*>("help");
            QVERIFY2(dialog && dialog->isVisible(), menu);
            delete dialog;
        }
    }
};

ORRERY_WINDOW_TEST_MAIN(TstChartsLessons)
#include "tst_charts_lessons.moc"
