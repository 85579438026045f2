// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of the embedding view that know pixels, over made-up data and against a plain count: sight, picking, labels, density.
#include "ui/labs/embedding/density.h"
#include "ui/labs/embedding/flight.h"
#include "ui/labs/embedding/pick.h"
#include "ui/labs/embedding/placards.h"

#include <QtTest/QtTest>
#include <ctime>
#include <random>
#include <set>

using namespace orrery;
using namespace orrery::ui;
using namespace orrery::ui::emb;

namespace {

PointCloud scattered(std::size_t count, bool spatial, std::uint32_t seed = 1) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    std::vector<float> x(count), y(count), z(count);
    for (std::size_t i = 0; i < count; ++i) x[i] = 3 * normal(random), y[i] = 2 * normal(random) + 1, z[i] = normal(random) - 2;
    PointCloud cloud;
    cloud.setPlaces(x, y, spatial ? std::span<const float>(z) : std::span<const float>());
    return cloud;
}

Camera cameraOf(const Sight& sight, double width = 800, double height = 600) {
    Camera camera;
    camera.resize(width, height);
    camera.fit(sight.home());
    return camera;
}

glm::dvec2 pxOf(const PointCloud& cloud, const ToPixels& toPixels, std::size_t i) {
    return glm::dvec2(glm::vec2(toPixels(cloud.axis(0)[i], cloud.axis(1)[i], cloud.axis(2)[i])));
}

/// The even-odd rule by the winding of the angles, in float64: another way than crossings of rows.
bool inside(const std::vector<glm::dvec2>& polygon, glm::dvec2 p) {
    bool in = false;
    for (std::size_t i = 0, j = polygon.size() - 1; i < polygon.size(); j = i++) {
        const glm::dvec2 a = polygon[i], b = polygon[j];
        if ((a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x) in = !in;
    }
    return in;
}

double toEdge(const std::vector<glm::dvec2>& polygon, glm::dvec2 p) {
    double least = 1e9;
    for (std::size_t i = 0, j = polygon.size() - 1; i < polygon.size(); j = i++) {
        const glm::dvec2 a = polygon[i], way = polygon[j] - a;
        const double t = std::clamp(glm::dot(p - a, way) / std::max(glm::dot(way, way), 1e-12), 0.0, 1.0);
        least = std::min(least, glm::distance(p, a + t * way));
    }
    return least;
}

} // namespace

class EmbeddingPartsTest : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    // --- sight -----------------------------------------------------------------------------------------------------------
    void thePlaneIsTheCamerasOwn() {
        const PointCloud cloud = scattered(100, false);
        const Sight sight(extentOf(cloud.axis(0), cloud.axis(1), {}), false, {});
        Camera camera = cameraOf(sight);
        camera.zoomAt({200, 100}, 3);
        const ToPixels toPixels = sight.toPixels(camera, {800, 600});
        for (std::size_t i = 0; i < 100; ++i) {
            const glm::dvec2 expected = camera.toPx({double(cloud.axis(0)[i]), double(cloud.axis(1)[i])});
            QVERIFY(glm::distance(pxOf(cloud, toPixels, i), expected) < 0.01);
        }
    }
    /// Against the definition: the eye at `eyeRadii` radii looks at the middle; a place's pixel is where its ray meets the plane.
    void spaceIsAPerspective() {
        const PointCloud cloud = scattered(200, true);
        const Extent extent = extentOf(cloud.axis(0), cloud.axis(1), cloud.axis(2));
        for (const Turn turn : {Turn{0, 0}, Turn{90, 0}, Turn{35, 22}, Turn{-140, -60}}) {
            const Sight sight(extent, true, turn);
            const Camera camera = cameraOf(sight);
            const ToPixels toPixels = sight.toPixels(camera, {800, 600});
            const double a = turn.turn * M_PI / 180, b = turn.tilt * M_PI / 180;
            const glm::dvec3 toEye(std::cos(b) * std::sin(a), std::sin(b), std::cos(b) * std::cos(a)),
                right(std::cos(a), 0, -std::sin(a));
            const glm::dvec3 up = glm::cross(toEye, right), eye = extent.middle() + toEye * Sight::eyeRadii * extent.radius();
            for (std::size_t i = 0; i < 200; ++i) {
                const glm::dvec3 place(cloud.axis(0)[i], cloud.axis(1)[i], cloud.axis(2)[i]), ray = place - eye;
                const double t = -glm::dot(eye - extent.middle(), toEye) / glm::dot(ray, toEye);
                const glm::dvec3 hit = eye + t * ray - extent.middle();
                const glm::dvec2 expected = camera.toPx({glm::dot(hit, right), glm::dot(hit, up)});
                QVERIFY2(glm::distance(pxOf(cloud, toPixels, i), expected) < 0.02, qPrintable(QString::number(i)));
            }
        }
        QVERIFY(glm::distance(Sight(extent, true, {0, 0}).planeOf({1, 0, 0}), glm::dvec2(1, 0)) < 1e-12);
        QVERIFY(glm::distance(Sight(extent, true, {90, 0}).planeOf({0, 0, 1}), glm::dvec2(-1, 0)) < 1e-12);
    }
    void theHandTurnsAndStaysUpright() {
        Turn turn{170, 80};
        turn.drag({-100, 100}, 0.35);
        QCOMPARE(turn.turn, 170 + 35.0 - 360);
        QCOMPARE(turn.tilt, Turn::highest);
    }
    void oddPlacesHaveAnExtent() {
        const float nan = std::nanf("");
        const std::vector<float> none, one{3}, odd{nan, 1, INFINITY, 5};
        QCOMPARE(extentOf(none, none, {}).low.x, -0.5);
        QCOMPARE(extentOf(one, one, one).high.z, 3.5);
        QCOMPARE(extentOf(odd, odd, {}).high.x, 5.0);
    }
    void aFlightEndsWhereItShould() {
        Camera camera;
        camera.resize(800, 600);
        camera.look({3, -2}, 7);
        const Insets insets(300, 80, 250, 0);
        const Rect from = rectOf(camera, {800, 600}, insets), goal{{0, 0}, {1, 1}};
        Camera fitted;
        fitted.resize(800, 600);
        fitted.fit(from, insets); // the same place again
        QVERIFY(glm::distance(fitted.centre(), camera.centre()) < 1e-9 && std::abs(fitted.height() - camera.height()) < 1e-9);
        Flight flight;
        flight.begin(from, std::nullopt);
        QVERIFY(glm::distance(flight.seen(goal).low, from.low) < 1e-9);
        for (int i = 0; i < 5; ++i) flight.proceed(0.02, false);
        QVERIFY(flight.flying() && flight.seen(goal) != goal);
        for (int i = 0; i < 20; ++i) flight.proceed(0.02, false);
        QVERIFY(!flight.flying() && flight.seen(goal) == goal);
    }

    // --- picking -----------------------------------------------------------------------------------------------------------
    void theNearestIsFound_data() {
        QTest::addColumn<bool>("spatial");
        QTest::newRow("plane") << false;
        QTest::newRow("space") << true;
    }
    void theNearestIsFound() {
        QFETCH(bool, spatial);
        PointCloud cloud = scattered(40000, spatial);
        const Sight sight(extentOf(cloud.axis(0), cloud.axis(1), spatial ? cloud.axis(2) : std::span<const float>()), spatial,
                          {});
        const ToPixels toPixels = sight.toPixels(cameraOf(sight), {800, 600});
        std::vector<Mark> marks(cloud.count(), makeMark({1, 1, 1}));
        for (std::size_t i = 0; i < marks.size(); i += 3) marks[i] = makeMark({1, 1, 1}, 0); // not drawn, not picked
        cloud.setMarks(marks);
        std::mt19937 random(3);
        std::uniform_real_distribution<double> x(0, 800), y(0, 600);
        int hits = 0;
        for (int trial = 0; trial < 60; ++trial) {
            const glm::dvec2 px(x(random), y(random));
            double best = 9;
            for (std::size_t i = 0; i < cloud.count(); ++i)
                if (i % 3 != 0) best = std::min(best, glm::distance(pxOf(cloud, toPixels, i), px));
            const auto found = nearestPoint(cloud, toPixels, px, 9);
            QCOMPARE(found.has_value(), best < 9);
            if (!found) continue;
            ++hits;
            QVERIFY(*found % 3 != 0 && glm::distance(pxOf(cloud, toPixels, std::size_t(*found)), px) <= best + 1e-4);
        }
        QVERIFY2(hits > 8, qPrintable(QString::number(hits)));
    }
    /// A star, which crosses itself: the even-odd rule leaves its middle out.
    void aLassoHoldsWhatIsWithin() {
        const PointCloud cloud = scattered(30000, true);
        const Sight sight(extentOf(cloud.axis(0), cloud.axis(1), cloud.axis(2)), true, {});
        const ToPixels toPixels = sight.toPixels(cameraOf(sight), {800, 600});
        std::vector<glm::dvec2> star;
        for (int i = 0; i < 5; ++i)
            star.push_back(glm::dvec2(400, 300) + 170.0 * glm::dvec2(std::sin(i * 4 * M_PI / 5), -std::cos(i * 4 * M_PI / 5)));
        const std::vector<std::int32_t> rows = pointsWithin(cloud, toPixels, star);
        QVERIFY(std::is_sorted(rows.begin(), rows.end()));
        const std::set<std::int32_t> found(rows.begin(), rows.end());
        int in = 0, at = 0;
        for (std::size_t i = 0; i < cloud.count(); ++i) {
            const glm::dvec2 px = pxOf(cloud, toPixels, i);
            if (toEdge(star, px) < 1) { // a pixel of the screen is the lasso's own grain
                ++at;
                continue;
            }
            QCOMPARE(found.contains(std::int32_t(i)), inside(star, px));
            in += found.contains(std::int32_t(i));
        }
        QVERIFY(in > 1000 && at < 3000);
        QVERIFY(!PixelMask(star).holds({400, 300}) && PixelMask(star).holds({400, 180}));
        QVERIFY(pointsWithin(cloud, toPixels, std::vector<glm::dvec2>{{0, 0}, {5, 5}}).empty());
        const std::vector<glm::dvec2> all{{-1e7, -1e7}, {1e7, -1e7}, {1e7, 1e7}, {-1e7, 1e7}};
        QCOMPARE(pointsWithin(cloud, toPixels, all).size(), cloud.count());
    }
    /// Not a check: what a million cost here, in time of the processors (other work may share them).
    void speed() {
        const PointCloud cloud = scattered(1000000, true);
        const Sight sight(extentOf(cloud.axis(0), cloud.axis(1), cloud.axis(2)), true, {});
        const ToPixels toPixels = sight.toPixels(cameraOf(sight), {800, 600});
        std::vector<glm::dvec2> ring;
        for (int i = 0; i < 200; ++i)
            ring.push_back(glm::dvec2(400, 300) + 150.0 * glm::dvec2(std::sin(i * M_PI / 100), std::cos(i * M_PI / 100)));
        const auto cost = [](auto&& work) {
            const std::clock_t before = std::clock();
            for (int i = 0; i < 5; ++i) work();
            return 1000.0 * double(std::clock() - before) / CLOCKS_PER_SEC / 5;
        };
        qInfo("a million points, ms of processor time: nearest %.1f, lasso of 200 corners %.1f, density %.1f", cost([&] {
                  nearestPoint(cloud, toPixels, {400, 300}, 9);
              }),
              cost([&] { pointsWithin(cloud, toPixels, ring); }), cost([&] {
                  densityOf(cloud, toPixels, {800, 600}, 4, 9);
              }));
    }

    // --- labels ------------------------------------------------------------------------------------------------------------
    /// At no zoom do two that are shown meet; what is shown stays shown further in; the first is always shown.
    void labelsNeverMeetAndNeverFlicker() {
        std::mt19937 random(7);
        std::normal_distribution<double> normal;
        std::vector<Placard> placards;
        for (int i = 0; i < 600; ++i) {
            const float half = 6 + float(random() % 60);
            placards.push_back({i, {normal(random), normal(random)}, {half + 6, 0}, {half, 8}});
        }
        Placards labels;
        labels.begin(placards, 20);
        while (!labels.proceed(50)) {
        }
        int before = 0;
        for (int level = 0; level < Placards::levels; ++level)
            for (const double within : {1.0, 1.1, 1.189}) { // levels are a quarter of an octave apart
                const double zoom = 20 * std::exp2(level / 4.0) * within;
                QCOMPARE(labels.levelOf(zoom), level);
                std::vector<std::pair<glm::dvec2, glm::dvec2>> boxes;
                for (std::size_t i = 0; i < placards.size(); ++i) {
                    if (labels.level()[i] > level) continue;
                    const glm::dvec2 middle =
                        glm::dvec2(placards[i].at.x, -placards[i].at.y) * zoom + glm::dvec2(placards[i].offset);
                    boxes.emplace_back(middle - glm::dvec2(placards[i].half), middle + glm::dvec2(placards[i].half));
                }
                for (std::size_t a = 0; a < boxes.size(); ++a)
                    for (std::size_t b = 0; b < a; ++b)
                        QVERIFY(!(boxes[a].first.x < boxes[b].second.x - 1e-6 && boxes[b].first.x < boxes[a].second.x - 1e-6 &&
                                  boxes[a].first.y < boxes[b].second.y - 1e-6 && boxes[b].first.y < boxes[a].second.y - 1e-6));
                QVERIFY(int(boxes.size()) >= before);
                before = int(boxes.size());
            }
        QCOMPARE(labels.level()[0], std::int8_t(0));
        QVERIFY(before > 550); // far enough in nearly all fit
    }
    /// Slices change nothing; of two at one place only the first is ever shown.
    void labelsInSlicesAreTheSame() {
        std::vector<Placard> placards;
        for (int i = 0; i < 200; ++i) placards.push_back({i, {double(i * 37 % 100), double(i * 61 % 100)}, {0, 0}, {20, 8}});
        Placards whole, sliced;
        whole.begin(placards, 1), sliced.begin(placards, 1);
        whole.proceed(1000);
        while (!sliced.proceed(3)) {
        }
        QVERIFY(whole.level() == sliced.level());
        QCOMPARE(whole.level()[100], Placards::never); // 100 and 0 lie on each other
    }

    // --- density -----------------------------------------------------------------------------------------------------------
    /// The kernel estimate against its sum, in float64; a cell's share of a point blurs a little more than the kernel alone.
    void densityIsTheKernelEstimate() {
        const PointCloud cloud = scattered(400, false);
        const Sight sight(extentOf(cloud.axis(0), cloud.axis(1), {}), false, {});
        Camera camera = cameraOf(sight);
        camera.zoomAt({400, 300}, 0.7);
        const ToPixels toPixels = sight.toPixels(camera, {800, 600});
        const Density density = densityOf(cloud, toPixels, {800, 600}, 4, 24);
        QCOMPARE(density.width, 200u);
        double worst = 0, sum = 0;
        for (std::uint32_t y = 30; y < 120; y += 7)
            for (std::uint32_t x = 30; x < 170; x += 7) {
                double expected = 0;
                for (std::size_t i = 0; i < cloud.count(); ++i) {
                    const glm::dvec2 px = pxOf(cloud, toPixels, i), at(x * 4 + 2, 600 - (y * 4 + 2));
                    expected += std::exp(-0.5 * glm::dot(px - at, px - at) / (24.0 * 24)) / (2 * M_PI * 24 * 24);
                }
                worst = std::max(worst, std::abs(double(density.perPx2[y * density.width + x]) - expected));
            }
        for (const float value : density.perPx2) sum += double(value) * 16;
        // Bilinear shares add 4^2/6 to 24^2, half a per cent of the height; the kernel ends at three deviations.
        QVERIFY2(worst < 0.02 * double(density.top), qPrintable(QString::number(worst / double(density.top))));
        QVERIFY(std::abs(sum - 400) < 4);
    }
};

QTEST_GUILESS_MAIN(EmbeddingPartsTest)
#include "tst_embedding_parts.moc"
