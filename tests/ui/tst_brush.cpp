// SPDX-License-Identifier: GPL-3.0-or-later
// The hands of the diffusion view without a device: brush, handles of Gaussians, grids, and the hand on the camera.
#include "engine/labs/diffusion/declaration.h"
#include "ui/labs/diffusion/brush.h"
#include "ui/labs/diffusion/grids.h"
#include "ui/labs/diffusion/mixture_handles.h"
#include "ui/navigation.h"

#include <QtTest/QtTest>

#include <cmath>

using namespace orrery;
using namespace orrery::ui;
using Outcome = MixtureHandles::Outcome;

namespace {

Input pointer(Input::Kind kind, glm::dvec2 px, Input::Button button = Input::Button::left) {
    Input e;
    e.kind = kind, e.px = px, e.button = kind == Input::Kind::move ? Input::Button::none : button;
    return e;
}

Camera camera() { // 100 px to the unit, origin in the middle
    Camera c;
    c.resize(800, 600);
    c.look({0, 0}, 6);
    return c;
}

} // namespace

class TestBrush : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void pointsLieWhereTheHandWent() {
        Brush brush;
        lab::Points points{2};
        brush.begin({-1, 0.5}, false);
        brush.moveTo({1, 0.5});
        QVERIFY(brush.apply(points, 20000, 0.01));
        // 2 units are 200 px: 50 dabs of 3, and one of 3 for the press.
        QCOMPARE(points.rows(), std::size_t(3 + 50 * 3));
        double meanX = 0, meanY = 0, variance = 0;
        for (std::size_t i = 0; i < points.rows(); ++i) {
            meanX += points.values[2 * i] / double(points.rows());
            meanY += points.values[2 * i + 1] / double(points.rows());
        }
        for (std::size_t i = 0; i < points.rows(); ++i)
            variance += std::pow(points.values[2 * i + 1] - 0.5, 2) / double(points.rows());
        // 153 draws of a normal with sigma 0.06: five standard errors of mean and variance.
        QVERIFY(std::abs(meanY - 0.5) < 5 * 0.06 / std::sqrt(153.));
        QVERIFY(std::abs(variance - 0.0036) < 5 * 0.0036 * std::sqrt(2 / 153.));
        // Dabs spread evenly over 2 units (standard deviation 2 / sqrt 12) around the middle.
        QVERIFY(std::abs(meanX) < 5 * 0.6 / std::sqrt(153.));
    }

    void sameStrokesSamePoints() {
        lab::Points a{2}, b{2};
        for (lab::Points* points : {&a, &b}) {
            Brush brush;
            brush.begin({0, 0}, false);
            brush.moveTo({0.3, 0.2});
            brush.apply(*points, 100, 0.01);
            if (points == &b) brush.apply(*points, 100, 0.01); // nothing has happened since: nothing is added
            brush.moveTo({0.5, 0.2});
            brush.apply(*points, 100, 0.01);
        }
        QVERIFY(a == b);
        QVERIFY(a.rows() > 20);
    }

    void stopsAtTheMost() {
        Brush brush;
        lab::Points points{2};
        brush.begin({0, 0}, false);
        brush.moveTo({100, 0});
        brush.apply(points, 50, 0.01);
        QCOMPARE(points.rows(), std::size_t(50));
    }

    void erasesWithinItsRadiusOnly() {
        lab::Points points{2, {0, 0, 0.17, 0, 0.19, 0, 3, 3}};
        Brush brush;
        brush.begin({0, 0}, true);
        QVERIFY(brush.apply(points, 100, 0.01)); // radius 18 px = 0.18
        QCOMPARE(points.values, (std::vector<double>{0.19, 0, 3, 3}));
        QVERIFY(!brush.apply(points, 100, 0.01));
        QVERIFY(!brush.takeEnd());
        brush.end();
        QVERIFY(brush.takeEnd() && !brush.takeEnd() && !brush.active());
    }

    void handlesMoveWidenWeighAddRemove() {
        const lab::Parameter& parameter = *diffusion::declaration().find("components");
        const Camera c = camera();
        lab::Points rows{4, {-1, 0, 0.5, 1, 1, 0, 0.25, 2}};
        MixtureHandles handles;
        const glm::dvec2 first = c.toPx({-1, 0}), second = c.toPx({1, 0});
        QCOMPARE(handles.input(pointer(Input::Kind::press, first + 200.), c, 1, parameter, rows), Outcome::none);

        // The centre, taken 3 px beside its middle, moves by exactly what the pointer moves.
        QCOMPARE(handles.input(pointer(Input::Kind::press, first + glm::dvec2(3, 0)), c, 1, parameter, rows), Outcome::began);
        QCOMPARE(handles.input(pointer(Input::Kind::move, first + glm::dvec2(53, -20)), c, 1, parameter, rows), Outcome::changed);
        QVERIFY(std::abs(rows.values[0] + 0.5) < 1e-9 && std::abs(rows.values[1] - 0.2) < 1e-9);
        QCOMPARE(handles.input(pointer(Input::Kind::release, first), c, 1, parameter, rows), Outcome::ended);

        // The ring follows the pointer's distance from the centre.
        QCOMPARE(handles.input(pointer(Input::Kind::press, second + glm::dvec2(0, 25)), c, 1, parameter, rows), Outcome::began);
        handles.input(pointer(Input::Kind::move, second + glm::dvec2(0, 60)), c, 1, parameter, rows);
        QVERIFY(std::abs(rows.values[6] - 0.6) < 1e-9);
        handles.input(pointer(Input::Kind::move, second), c, 1, parameter, rows);
        QVERIFY2(rows.values[6] > 0, "a spread stays positive");
        handles.input(pointer(Input::Kind::release, second), c, 1, parameter, rows);

        Input wheel = pointer(Input::Kind::wheel, second);
        wheel.wheel = 2;
        QCOMPARE(handles.input(wheel, c, 1, parameter, rows), Outcome::changed);
        QVERIFY(std::abs(rows.values[7] - 2 * 1.21) < 1e-9);
        Input alt = pointer(Input::Kind::press, second);
        alt.alt = true;
        handles.input(alt, c, 1, parameter, rows);
        handles.input(pointer(Input::Kind::move, second + glm::dvec2(0, 50)), c, 1, parameter, rows);
        QVERIFY2(rows.values[7] < 2 && rows.values[4] == 1, "down is lighter, and the centre stays");
        handles.input(pointer(Input::Kind::release, second), c, 1, parameter, rows);

        Input twice = pointer(Input::Kind::press, c.toPx({0.5, 1.5}));
        twice.doubleClick = true;
        QCOMPARE(handles.input(twice, c, 1, parameter, rows), Outcome::changed);
        QCOMPARE(rows.rows(), std::size_t(3));
        QVERIFY(std::abs(rows.values[8] - 0.5) < 1e-9 && std::abs(rows.values[9] - 1.5) < 1e-9);

        Input key;
        key.kind = Input::Kind::key, key.key = Input::Key::del;
        QCOMPARE(handles.input(key, c, 1, parameter, rows), Outcome::changed);
        QCOMPARE(rows.rows(), std::size_t(2));
        QCOMPARE(handles.input(key, c, 1, parameter, rows), Outcome::none); // nothing is chosen any more
    }

    void gridsCoverTheViewWithinTheirBudget() {
        const Rect seen{{-3.2, -1.8}, {3.2, 1.8}};
        for (const double most : {500., 4000., 31250., 1e9}) {
            const diffusion::FieldGrid grid = densityGrid(seen, 720, 2, most);
            QVERIFY(grid.lowX < seen.low.x && grid.highX > seen.high.x && grid.lowY < seen.low.y && grid.highY > seen.high.y);
            const double cellX = (grid.highX - grid.lowX) / grid.width, cellY = (grid.highY - grid.lowY) / grid.height;
            QVERIFY(std::abs(cellX - cellY) < 1e-12);
            QVERIFY2(cellX >= 3.6 / 720 * 2 - 1e-12, "no finer than two pixels");
            // The border of one cell and the last part of a cell come on top.
            QVERIFY(double(grid.width) * grid.height <= std::max(most, 400.) * 1.3 + 4 * (grid.width + grid.height));
        }
    }

    void arrowsStayWhileTheCameraPans() {
        const Rect seen{{-3.2, -1.8}, {3.2, 1.8}}, moved{{-3.1, -1.77}, {3.3, 1.83}};
        const diffusion::FieldGrid a = arrowGrid(seen, 720, 44, 1e5), b = arrowGrid(moved, 720, 44, 1e5);
        const double cell = (a.highX - a.lowX) / a.width;
        QCOMPARE(cell, (b.highX - b.lowX) / b.width);
        QVERIFY(cell / (3.6 / 720) > 30 && cell / (3.6 / 720) < 64);
        QVERIFY2(std::abs(std::remainder(a.lowX - b.lowX, cell)) < 1e-12, "the lattice is that of the data");
        const diffusion::FieldGrid few = arrowGrid(seen, 720, 44, 40);
        QVERIFY(few.width * few.height <= 40);
    }

    void handOnTheCamera() {
        Camera c = camera();
        Navigation hand;
        const glm::dvec2 before = c.toData({300, 200});
        QVERIFY(hand.claims(pointer(Input::Kind::press, {300, 200}, Input::Button::right)));
        QVERIFY(!hand.claims(pointer(Input::Kind::press, {300, 200})));
        hand.input(pointer(Input::Kind::press, {300, 200}, Input::Button::right), c);
        hand.input(pointer(Input::Kind::move, {350, 260}), c);
        QVERIFY(glm::distance(c.toData({350, 260}), before) < 1e-9);
        hand.input(pointer(Input::Kind::release, {350, 260}, Input::Button::right), c);
        QVERIFY(!hand.input(pointer(Input::Kind::move, {500, 500}), c));
        QVERIFY(hand.takeMoved() && !hand.takeMoved());

        const glm::dvec2 under = c.toData({620, 90});
        Input wheel = pointer(Input::Kind::wheel, {620, 90});
        wheel.wheel = 3;
        const double height = c.height();
        hand.input(wheel, c);
        QVERIFY(c.height() < height / 1.5);
        QVERIFY(glm::distance(c.toData({620, 90}), under) < 1e-9);

        Input space;
        space.kind = Input::Kind::key, space.key = Input::Key::space;
        hand.input(space, c);
        QVERIFY(hand.claims(pointer(Input::Kind::press, {0, 0})));
        hand.input(pointer(Input::Kind::focusLost, {0, 0}), c);
        QVERIFY2(!hand.claims(pointer(Input::Kind::press, {0, 0})), "a key released elsewhere is not held");
        Input twice = pointer(Input::Kind::press, {0, 0});
        twice.doubleClick = true;
        hand.input(twice, c);
        QVERIFY(hand.takeFit());
    }
};

QTEST_GUILESS_MAIN(TestBrush)
#include "tst_brush.moc"
