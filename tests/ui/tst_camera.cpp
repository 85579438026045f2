// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "ui/render/camera.h"

#include <cmath>
#include <limits>

using namespace orrery::ui;

class CameraTest : public QObject {
    Q_OBJECT

    static void near(glm::dvec2 a, glm::dvec2 b, double bound = 1e-9) {
        QVERIFY2(glm::distance(a, b) <= bound,
                 qPrintable(QString("(%1, %2) is not (%3, %4)").arg(a.x).arg(a.y).arg(b.x).arg(b.y)));
    }

 private Q_SLOTS:
    void pixelsAndDataAreInverse() {
        Camera camera;
        camera.resize(640, 480);
        camera.look({2, -1}, 3);
        near(camera.toData({320, 240}), {2, -1});
        near(camera.toPx({2, -1}), {320, 240});
        near(camera.toPx(camera.toData({17, 401})), {17, 401});
        near(camera.toData({320, 0}), {2, 0.5}); // the upper edge: y grows upwards
        near(camera.visible().low, {0, -2.5});
        near(camera.visible().high, {4, 0.5});
    }

    void clipSpaceAgreesWithPixels() {
        Camera camera;
        camera.resize(800, 500);
        camera.look({0.3, 0.7}, 2);
        const glm::vec4 t = camera.clipTransform();
        for (glm::dvec2 data : {glm::dvec2{0, 0}, glm::dvec2{1, 1.2}, glm::dvec2{-0.5, 0.1}}) {
            const glm::dvec2 clip(data.x * t.x + t.z, data.y * t.y + t.w);
            near((clip * 0.5 + 0.5) * glm::dvec2(800, 500), camera.toPx(data), 1e-3);
        }
    }

    void fitUsesWhatInsetsLeave() {
        Camera camera;
        camera.resize(1000, 600);
        camera.fit({{-1, -1}, {1, 1}}, {300, 50, 100, 150}); // free: 600 x 400
        near(camera.toPx({0, 0}), {600, 250});
        near(camera.toPx({-1, 1}), {400, 50}); // the square fills the height that is left
        near(camera.toPx({1, -1}), {800, 450});
    }

    void fitOfOnePointKeepsTheHeight() {
        Camera camera;
        camera.look({0, 0}, 5);
        camera.fit({{3, 4}, {3, 4}});
        near(camera.centre(), {3, 4});
        QCOMPARE(camera.height(), 5.0);
    }

    void panFollowsThePointer() {
        Camera camera;
        const glm::dvec2 held = camera.toData({100, 100});
        camera.pan({37, -12});
        near(camera.toPx(held), {137, 88});
    }

    void zoomHoldsWhatIsUnderThePointer() {
        Camera camera;
        const glm::dvec2 held = camera.toData({900, 120});
        const double before = camera.height();
        camera.zoomAt({900, 120}, 1.25);
        near(camera.toPx(held), {900, 120}, 1e-6);
        QCOMPARE(camera.height(), before / 1.25);
    }

    void nonsenseIsRefused() {
        Camera camera;
        const glm::dvec2 centre = camera.centre();
        const double height = camera.height();
        const double nan = std::numeric_limits<double>::quiet_NaN();
        camera.zoomAt({5, 5}, 0);
        camera.zoomAt({5, 5}, nan);
        camera.look({nan, 0}, nan);
        camera.look({1 / 0.0, 0}, -3);
        near(camera.centre(), centre);
        QCOMPARE(camera.height(), height);
        for (int i = 0; i < 1000; ++i) camera.zoomAt({5, 5}, 2);
        QVERIFY(camera.height() > 0);
        for (int i = 0; i < 1000; ++i) camera.zoomAt({5, 5}, 0.5);
        QVERIFY(std::isfinite(camera.height()));
        camera.resize(0, 0);
        QVERIFY(std::isfinite(camera.toData({0, 0}).x));
    }
};

int main(int argc, char** argv) {
    CameraTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_camera.moc"
