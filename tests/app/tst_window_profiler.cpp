// SPDX-License-Identifier: GPL-3.0-or-later
// The profiler dock: what ran, how often, how long, as shares of ceilings that it measures itself.
#include "app/shell/profiler.h"
#include "tests/support/window_test.h"

#include <QTableWidget>

using namespace orrery;

class TstWindowProfiler : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void tellsWhatRan() {
        test::Window window;
        QVERIFY(window.drawn());
        gpu::Device& device = window->bench().device();
        QVERIFY(!device.profiling);
        window.trigger("view.profiler");
        QTableWidget& table = window->profiler().table();
        QVERIFY(QTest::qWaitFor([&] { return table.isVisible(); }, test::patience));
        QVERIFY(device.profiling);
        window.transport().play();
        window.frames(12);
        window->profiler().refresh();
        std::map<QString, int> rows;
        for (int r = 0; r < table.rowCount(); ++r) rows[table.item(r, 0)->text()] = r;
        QVERIFY(rows.contains("draw") && rows.contains("diffusion/forward"));
        const int forward = rows["diffusion/forward"];
        const double calls = table.item(forward, 1)->text().toDouble(), ms = table.item(forward, 2)->text().toDouble();
        QVERIFY(calls >= 1 && ms > 0);
        // 2000 particles of 8 bytes, read and written; the table's figures have three digits, its milliseconds four.
        const double gigabytes = table.item(forward, 5)->text().toDouble(), span = gigabytes * ms * 1e6 / calls;
        QVERIFY2(span >= 0.98 * 2 * 8 * 2000 && span < 1e6, qPrintable(QString::number(span)));
        QVERIFY(table.item(forward, 6)->text().isEmpty()); // no share of a ceiling that nobody has measured
        window.transport().pause();
        window->profiler().measureCeilings();
        window.transport().play();
        window.frames(12);
        window->profiler().refresh();
        bool shares = false;
        for (int r = 0; r < table.rowCount(); ++r) shares = shares || table.item(r, 6)->text().contains('%');
        QVERIFY(shares);
        window.trigger("view.profiler");
        QVERIFY(QTest::qWaitFor([&] { return !device.profiling; }, test::patience));
    }
};

ORRERY_WINDOW_TEST_MAIN(TstWindowProfiler)
#include "tst_window_profiler.moc"
