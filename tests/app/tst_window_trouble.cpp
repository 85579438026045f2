// SPDX-License-Identifier: GPL-3.0-or-later
// What goes wrong with windows: no size, a lost device, closing in the middle of a job, no Vulkan, an odd surface.
#include "app/shell/swapchain.h"
#include "tests/support/window_test.h"

#include <QElapsedTimer>

using namespace orrery;

class TstWindowTrouble : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    QString twoMillionRows() {
        QFile file(m_folder.filePath("many.csv"));
        if (file.exists() || !file.open(QIODevice::WriteOnly)) return file.fileName();
        QByteArray rows;
        for (int i = 0; i < 400000; ++i) rows += QByteArray::number(i % 1000) + ',' + QByteArray::number(i % 777) + '\n';
        for (int i = 0; i < 5; ++i) file.write(rows);
        return file.fileName();
    }

 private Q_SLOTS:
    void survivesNoSizeAtAll() {
        test::Window window;
        QVERIFY(window.drawn() && window.rest());
        const QImage before = window.picture();
        const QSize size = window.view().size();
        for (const QSize& next : {QSize(0, 0), QSize(1, 1), QSize(3000, 1), QSize(37, 211), size}) {
            window.view().resize(next);
            QTest::qWait(150);
        }
        QVERIFY(window.rest());
        QCOMPARE(window.view().size(), size);
        // The same picture as before, camera and all.
        const QRect middle(size.width() / 3, size.height() / 3, size.width() / 3, size.height() / 3);
        const double apart = test::difference(before.copy(middle), window.picture().copy(middle), 40);
        QVERIFY2(apart < 0.02, qPrintable(QString::number(apart)));
        window->resize(700, 500);
        QVERIFY(window.rest());
        QTRY_COMPARE(window.picture().size(), window.view().size());
    }

    void hidesAndComesBack() {
        test::Window window;
        QVERIFY(window.drawn() && window.rest());
        window->hide();
        QTest::qWait(100);
        const std::uint64_t before = window.view().frames();
        QTest::qWait(400);
        QVERIFY(window.view().frames() <= before + 1); // nobody sees it
        window->show();
        QVERIFY(window.rest());
        QVERIFY(window.view().frames() > before);
    }

    void survivesALostDevice() {
        test::Window window;
        window.session().set("beta_max", 9.0);
        window.session().setSeed(31);
        window.transport().seek(window.transport().steps() / 4);
        window.transport().setSpeed(2);
        QVERIFY(window.drawn());
        window.trigger("view.hud");
        QVERIFY(window.rest());
        const QImage before = window.picture();
        const auto particles = window.session().lab().array(window->bench().device(), "particles").values;
        window->bench().device().pretendLost();
        window.view().wake();
        QTRY_VERIFY_WITH_TIMEOUT(!window.notice().isEmpty(), test::patience);
        QVERIFY2(window.notice().contains("device was lost"), qPrintable(window.notice()));
        QVERIFY(window->bench().hasSession());
        QCOMPARE(window.settings().number("beta_max"), 9.0);
        QCOMPARE(window.settings().integer("particles"), std::int64_t(2000));
        QCOMPARE(window.session().seed(), std::uint64_t(31));
        QCOMPARE(window.transport().speed(), 2.0);
        QVERIFY(window.rest());
        QCOMPARE(window.session().lab().position(), window.transport().steps() / 4);
        // The same bits are computed again, and the same picture is drawn.
        QVERIFY(window.session().lab().array(window->bench().device(), "particles").values == particles);
        window->notice().hide();
        QTRY_COMPARE(window.picture().size(), before.size());
        QVERIFY(window.rest());
        const double apart = test::difference(before, window.picture(), 40);
        QVERIFY2(apart < 0.01, qPrintable(QString::number(apart)));
        window.trigger("run.forward");
        QVERIFY(window.rest());
        QCOMPARE(window.session().lab().position(), window.transport().steps() / 4 + 1);
    }

    void isLostAgainOnTheWayBack() {
        test::Window window;
        QVERIFY(window.drawn());
        window->bench().set("particles", std::int64_t(3000));
        int times = 0;
        connect(&window->bench(), &app::Workbench::sessionCame, &window->bench(), [&] {
            if (++times == 1) window->bench().device().pretendLost(); // before a frame of what came back is drawn
        });
        window->bench().device().pretendLost();
        window.view().wake();
        QTRY_VERIFY_WITH_TIMEOUT(window.notice().contains("device was lost"), test::patience);
        QTRY_VERIFY_WITH_TIMEOUT(times == 2 && !window->bench().recovering(), test::patience);
        QVERIFY(window->bench().hasSession() && !window->bench().recovering());
        QCOMPARE(window.settings().integer("particles"), std::int64_t(3000));
        QVERIFY(window.rest());
    }

    /// The new device refuses at first what the old one had: it is asked again, and in the end the window goes on without it.
    void isRefusedOnTheWayBack() {
        for (const bool forGood : {false, true}) {
            test::Window window;
            QVERIFY(window.drawn());
            const std::int64_t fallback = 20000, wanted = 300000;
            window->bench().set("particles", wanted);
            int times = 0;
            connect(&window->bench(), &app::Workbench::sessionCame, &window->bench(), [&] {
                if (++times == 1 || forGood) window->bench().device().pretendFull(0);
            });
            window->bench().device().pretendLost();
            window.view().wake();
            QTRY_COMPARE_WITH_TIMEOUT(times, forGood ? 3 : 2, test::patience);
            QTRY_VERIFY(!window->bench().recovering());
            QVERIFY(window->bench().hasSession());
            window->bench().device().pretendFull(-1);
            QCOMPARE(window.settings().integer("particles"), forGood ? fallback : wanted);
            QCOMPARE(window.notice().contains("device was lost"), !forGood);
            window->bench().set("particles", std::int64_t(2000));
            QVERIFY(window.rest());
        }
    }

    void givesUpOnADeviceThatStaysLost() {
        test::Window window;
        QVERIFY(window.drawn());
        window->bench().set("particles", std::int64_t(3000));
        for (int i = 0; i < 4 && window->bench().hasDevice(); ++i) {
            window->notice().hide();
            window->bench().device().pretendLost();
            window.view().wake();
            QTRY_VERIFY_WITH_TIMEOUT(!window->bench().hasDevice() || !window.notice().isEmpty(), test::patience);
        }
        QVERIFY(!window->bench().hasDevice());
        QVERIFY2(window->pane().explanation().contains("lost"), qPrintable(window->pane().explanation()));
        // What was there is saved all the same.
        QVERIFY(window.close());
        const lab::Scenario saved = lab::loadScenario(app::Preferences::autosaveFile().toStdString());
        QCOMPARE(saved.settings.integer("particles"), std::int64_t(3000));
    }

    void closesInTheMiddleOfAJob() {
        const QString file = twoMillionRows();
        test::Window window;
        QVERIFY(window.drawn());
        QVERIFY(window->files().open(file));
        QVERIFY(!window.session().lab().jobs().empty());
        window.frames(1);
        QElapsedTimer time;
        time.start();
        QVERIFY(window.close());
        QVERIFY2(time.elapsed() < 3000, qPrintable(QString::number(time.elapsed())));
        QVERIFY(!window->bench().hasSession());
    }

    void cancelsAJob() {
        const QString file = twoMillionRows();
        test::Window window;
        QVERIFY(window.drawn());
        QVERIFY(window->files().open(file));
        window.frames(2);
        auto* cancel = window->findChild<QToolButton*>("cancelJob");
        QTRY_VERIFY(cancel && cancel->isVisible());
        QTest::mouseClick(cancel, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(window.session().lab().jobs().empty(), test::patience);
        QTRY_VERIFY(!cancel->isVisible());
    }

    void explainsAMissingDevice() {
        app::Translator translator;
        app::MainWindow window({.device = "a device that nobody makes", .language = "en"}, translator);
        window.show();
        QVERIFY(!window.bench().hasDevice());
        QVERIFY2(window.pane().explanation().contains("a device that nobody makes"), qPrintable(window.pane().explanation()));
        QVERIFY(!window.viewport());
        for (const char* action : {"edit.undo", "run.play", "file.saveView", "edit.find", "run.seed"})
            window.actions()[action].trigger();
        window.palette().hide();
        QVERIFY(window.close());
    }

    void choosesAFormat() {
        const auto format = [](VkFormat f) { return VkSurfaceFormatKHR{f, VK_COLOR_SPACE_SRGB_NONLINEAR_KHR}; };
        const VkSurfaceFormatKHR usual[] = {format(VK_FORMAT_B8G8R8A8_SRGB), format(VK_FORMAT_B8G8R8A8_UNORM)};
        QCOMPARE(app::chooseSurfaceFormat(usual).format, VK_FORMAT_B8G8R8A8_UNORM);
        const VkSurfaceFormatKHR phone[] = {format(VK_FORMAT_R8G8B8A8_SRGB), format(VK_FORMAT_R8G8B8A8_UNORM)};
        QCOMPARE(app::chooseSurfaceFormat(phone).format, VK_FORMAT_R8G8B8A8_UNORM);
        QVERIFY_EXCEPTION_THROWN(app::chooseSurfaceFormat(std::span(usual, 1)), Error);
        QVERIFY_EXCEPTION_THROWN(app::chooseSurfaceFormat({}), Error); // a 16-bit X screen
        const VkPresentModeKHR modes[] = {VK_PRESENT_MODE_IMMEDIATE_KHR, VK_PRESENT_MODE_MAILBOX_KHR, VK_PRESENT_MODE_FIFO_KHR};
        QCOMPARE(app::choosePresentMode(modes, false), VK_PRESENT_MODE_FIFO_KHR);
        QCOMPARE(app::choosePresentMode(modes, true), VK_PRESENT_MODE_MAILBOX_KHR);
        QCOMPARE(app::choosePresentMode(std::span(modes, 1), true), VK_PRESENT_MODE_FIFO_KHR);
    }
};

ORRERY_WINDOW_TEST_MAIN(TstWindowTrouble)
#include "tst_window_trouble.moc"
