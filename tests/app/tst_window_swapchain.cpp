// SPDX-License-Identifier: GPL-3.0-or-later
// A CPU device's frames are painted by Qt; those of a GPU come by a swapchain. Here the swapchain serves the CPU device too:
// the same picture by either way, through a change of size and back.
#include "tests/support/window_test.h"

using namespace orrery;

class TstWindowSwapchain : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void theSamePictureByEitherWay() {
        QImage pictures[2];
        for (const bool swapchain : {false, true}) {
            qputenv("ORRERY_PRESENT", swapchain ? "swapchain" : "");
            test::Window window;
            QVERIFY(window.drawn());
            QCOMPARE(window.view().surfaceType(), swapchain ? QSurface::VulkanSurface : QSurface::RasterSurface);
            window.view().setHudShown(false); // its figures differ from run to run
            QVERIFY(window.rest());
            const QSize before = window->size();
            window->resize(before * 0.8);
            QVERIFY(window.rest());
            window->resize(before);
            QVERIFY(window.rest());
            QTest::qWait(300);
            pictures[swapchain] = window.picture();
        }
        QVERIFY(pictures[0].size() == pictures[1].size() && !pictures[0].isNull());
        const double differing = test::difference(pictures[0], pictures[1], 2);
        QVERIFY2(differing < 0.001, qPrintable(QString::number(differing)));
        QVERIFY(test::difference(pictures[0], QImage(pictures[0].size(), pictures[0].format()), 40) > 0.02); // something is there
    }

    void playsAndClosesWhileFramesAreOnTheirWay() {
        for (const char* way : {"", "swapchain"}) {
            qputenv("ORRERY_PRESENT", way);
            test::Window window;
            QVERIFY(window.drawn());
            window.transport().play();
            window.frames(5);
            QVERIFY(window.close());
        }
    }
};

ORRERY_WINDOW_TEST_MAIN(TstWindowSwapchain)
#include "tst_window_swapchain.moc"
