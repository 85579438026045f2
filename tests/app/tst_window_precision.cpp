// SPDX-License-Identifier: GPL-3.0-or-later
// The precision lab in the real window: a mouse on its bits, its charts, its rail button.
#include "engine/labs/precision/lab.h"
#include "tests/support/window_test.h"

#include "app/charts/charts.h"

#include <QSignalSpy>

using namespace orrery;
using namespace orrery::test;

class TestWindowPrecision : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void theMouseFlipsBits() {
        Window window({}, false);
        QVERIFY(window.drawn());
        window.openLab("precision");
        QCOMPARE(window.session().declaration().name, std::string("precision"));
        QVERIFY(window->bench().openScenario("bits"));
        QVERIFY(window.rest());
        const auto& lab = dynamic_cast<const precision::PrecisionLab&>(window.session().lab());
        QCOMPARE(lab.bits().number().code, std::uint64_t(0x2E66));
        const QPoint sign = window.control("bit 15"), corner = window.control("bit 15", 0.25, 0.2);
        QVERIFY(sign.x() > 0);
        const QColor before = window.picture().pixelColor(corner);
        QTest::mouseMove(&window.view(), sign);
        window.frames(2);
        QTest::mouseClick(&window.view(), Qt::LeftButton, {}, sign);
        window.frames(3);
        QVERIFY(QTest::qWaitFor([&] { return lab.bits().number().code == 0xAE66; }, patience));
        QVERIFY(window.rest());
        const QColor after = window.picture().pixelColor(corner);
        QVERIFY2(after.red() > before.red() + 80, "the sign's cell lights up");
        QCOMPARE(window.settings().text("value"), std::string("-0.0999755859375"));
        window.drag(window.control("bit 9"), window.control("bit 5"));
        QVERIFY(QTest::qWaitFor([&] { return (lab.bits().number().code >> 5 & 31) == 0; }, patience));
        window->bench().session().undo();
        window->bench().session().undo();
        QCOMPARE(window.settings().text("value"), std::string("0.1"));
    }

    void aNewLabIsAChange() {
        Window window({}, false);
        QVERIFY(window.drawn());
        // Whatever the revision of the former session: who shows settings must hear of the new one's.
        for (int i = 0; i < 4; ++i) {
            QSignalSpy changed(&window->bench(), &app::Workbench::changed);
            QVERIFY(window->bench().openLab(i % 2 ? "diffusion" : "precision"));
            QVERIFY(changed.count() > 0);
        }
    }

    void onlyTheChartsOfThePageAreShown() {
        Window window({}, false);
        QVERIFY(window.drawn());
        QVERIFY(window->bench().openLab("precision"));
        QVERIFY(window->bench().openScenario("bits"));
        QVERIFY(window.rest());
        auto* charts = window->findChild<app::Charts*>();
        const auto shown = [&] {
            QStringList names;
            for (const app::Chart* chart : charts->all())
                if (chart->isVisible()) names << QString::fromStdString(chart->name());
            return names;
        };
        QTRY_COMPARE_WITH_TIMEOUT(shown(), QStringList{"Rounding"}, patience);
        QVERIFY(window->bench().openScenario("swallowed"));
        QTRY_COMPARE_WITH_TIMEOUT(shown(), (QStringList{"Sum", "Error"}), patience);
        QTRY_VERIFY_WITH_TIMEOUT(charts->all()[1]->points("sum_exact") > 900, patience);
    }
};

ORRERY_WINDOW_TEST_MAIN(TestWindowPrecision)
#include "tst_window_precision.moc"
