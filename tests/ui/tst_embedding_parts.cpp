// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of the embedding view, each over made-up data and against a plain count: sight, picking, labels, density, neighbours,
// colours, search.
#include "engine/labs/embedding/search.h"
#include "tests/support/test_main.h"
#include "ui/labs/embedding/colouring.h"
#include "ui/labs/embedding/density.h"
#include "ui/labs/embedding/flight.h"
#include "ui/labs/embedding/hands.h"
#include "ui/labs/embedding/neighbourhood.h"
#include "ui/labs/embedding/pick.h"
#include "ui/labs/embedding/placards.h"
#include "ui/labs/embedding/shown.h"
#include "ui/render/colormap.h"

#include <QElapsedTimer>
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

embedding::PicturePoints pictureOf(const std::vector<glm::vec2>& places) {
    embedding::PicturePoints picture(std::int64_t(places.size()), 2);
    for (std::size_t i = 0; i < places.size(); ++i) picture[0][i] = places[i].x, picture[1][i] = places[i].y;
    return picture;
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
            const glm::dvec3 toEye(std::cos(b) * std::sin(a), std::sin(b), std::cos(b) * std::cos(a)), right(std::cos(a), 0, -std::sin(a));
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
        const Sight sight(extentOf(cloud.axis(0), cloud.axis(1), spatial ? cloud.axis(2) : std::span<const float>()), spatial, {});
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
        for (int i = 0; i < 5; ++i) star.push_back(glm::dvec2(400, 300) + 170.0 * glm::dvec2(std::sin(i * 4 * M_PI / 5), -std::cos(i * 4 * M_PI / 5)));
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
        for (int i = 0; i < 200; ++i) ring.push_back(glm::dvec2(400, 300) + 150.0 * glm::dvec2(std::sin(i * M_PI / 100), std::cos(i * M_PI / 100)));
        const auto cost = [](auto&& work) {
            const std::clock_t before = std::clock();
            for (int i = 0; i < 5; ++i) work();
            return 1000.0 * double(std::clock() - before) / CLOCKS_PER_SEC / 5;
        };
        qInfo("a million points, ms of processor time: nearest %.1f, lasso of 200 corners %.1f, density %.1f",
              cost([&] { nearestPoint(cloud, toPixels, {400, 300}, 9); }), cost([&] { pointsWithin(cloud, toPixels, ring); }),
              cost([&] { densityOf(cloud, toPixels, {800, 600}, 4, 9); }));
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
        while (!labels.proceed(50)) {}
        int before = 0;
        for (int level = 0; level < Placards::levels; ++level)
            for (const double within : {1.0, 1.1, 1.189}) { // levels are a quarter of an octave apart
                const double zoom = 20 * std::exp2(level / 4.0) * within;
                QCOMPARE(labels.levelOf(zoom), level);
                std::vector<std::pair<glm::dvec2, glm::dvec2>> boxes;
                for (std::size_t i = 0; i < placards.size(); ++i) {
                    if (labels.level()[i] > level) continue;
                    const glm::dvec2 middle = glm::dvec2(placards[i].at.x, -placards[i].at.y) * zoom + glm::dvec2(placards[i].offset);
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
        while (!sliced.proceed(3)) {}
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

    // --- neighbours ----------------------------------------------------------------------------------------------------------
    void ranksAreThoseOfAllDistances() {
        std::mt19937 random(11);
        std::normal_distribution<float> normal;
        constexpr std::int64_t n = 500, k = 6, row = 42;
        std::vector<float> values;
        std::vector<glm::vec2> places;
        for (std::int64_t i = 0; i < n; ++i) {
            for (int d = 0; d < 5; ++d) values.push_back(normal(random));
            places.emplace_back(values[std::size_t(5 * i)], 0.3F * normal(random)); // one true axis: some neighbours are lies
        }
        places[7] = places[8]; // a tie
        const embedding::Matrix table(n, 5, values);
        embedding::Progress progress;
        const std::int64_t rows[] = {row};
        const embedding::PicturePoints picture = pictureOf(places);
        const embedding::Neighbours near = embedding::neighboursOf(table, rows, 2 * k, embedding::Metric::euclid, progress);
        const Neighbourhood found = neighbourhoodOf(picture, row, near, k);
        std::vector<std::pair<double, std::int64_t>> order;
        for (std::int64_t i = 0; i < n; ++i)
            if (i != row) {
                const glm::dvec2 away = glm::dvec2(places[std::size_t(i)]) - glm::dvec2(places[std::size_t(row)]);
                order.emplace_back(glm::dot(away, away), i);
            }
        std::sort(order.begin(), order.end());
        const auto rankOf = [&](std::int64_t r) {
            return std::find_if(order.begin(), order.end(), [&](const auto& each) { return each.second == r; }) - order.begin() + 1;
        };
        QCOMPARE(std::int64_t(found.inTable.size()), k);
        std::int64_t torn = 0, feigned = 0;
        for (std::size_t i = 0; i < found.inTable.size(); ++i) {
            const auto& each = found.inTable[i];
            QCOMPARE(each.row, std::int64_t(near.index[i]));
            QCOMPARE(each.tableDistance, double(near.distance[i]));
            QCOMPARE(each.shownRank, std::int64_t(rankOf(each.row)));
            QCOMPARE(each.lies, each.shownRank > 2 * k);
            torn += each.lies;
        }
        QCOMPARE(std::int64_t(found.shown.size()), k);
        for (std::size_t i = 0; i < found.shown.size(); ++i) {
            QCOMPARE(found.shown[i].row, order[i].second);
            const bool known = std::find(near.index.begin(), near.index.end(), std::int32_t(order[i].second)) != near.index.end();
            QCOMPARE(found.shown[i].lies, !known);
            feigned += !known;
        }
        QCOMPARE(found.torn, torn);
        QCOMPARE(found.feigned, feigned);
        QVERIFY(torn > 0 && feigned > 0);
        QCOMPARE(neighbourhoodOf(pictureOf({{0, 0}}), 0, {}, 3).row, std::int64_t(-1));
    }

    // --- colours -------------------------------------------------------------------------------------------------------------
    void categoriesKeepTheirColours() {
        for (const bool light : {false, true}) {
            std::set<std::uint32_t> known;
            for (std::size_t c = 0; c < 300; ++c) known.insert(makeMark(categoryColour(c, light)));
            QVERIFY2(known.size() > 290, qPrintable(QString::number(known.size()))); // hashed, not in turn: chance may repeat one
        }
        QVERIFY(glm::distance(categoryColour(2, false), categories[2]) < 1e-6);
        std::vector<float> values(300);
        std::vector<std::string> names;
        for (std::size_t i = 0; i < 300; ++i) values[i] = float(i), names.push_back("c" + std::to_string(i));
        const Colouring colouring = byColumn({"many", names, values}, darkTheme()); // more than a byte could count
        QCOMPARE(colouring.entries.size(), std::size_t(300));
        QVERIFY(colouring.colours[299] == categoryColour(299, false));
    }
    void numbersHaveTheMapsColours() {
        std::vector<float> values;
        for (int i = 0; i <= 1000; ++i) values.push_back(float(i));
        values.push_back(1e9F), values.push_back(std::nanf(""));
        const Colouring colouring = byColumn({"size", {}, values}, darkTheme());
        QVERIFY(colouring.numbers && std::abs(colouring.low - 10) < 1.5 && std::abs(colouring.high - 990) < 15);
        QVERIFY(glm::distance(colouring.colours[500], colour(Colormap::viridis, (500 - colouring.low) / (colouring.high - colouring.low))) < 0.01);
        QVERIFY(colouring.colours[1001] == colour(Colormap::viridis, 1));
        QVERIFY(colouring.colours[1002] != colouring.colours[0]); // not a number: faint, and no colour of the map
        const embedding::Column column{"size", {}, values};
        const std::vector<std::uint8_t> sizes = sizesBy(&column, 1003);
        QVERIFY(sizes[0] == 32 && sizes[1000] == 128 && sizes[500] > 70 && sizes[500] < 90);
    }
    void whatIsPickedOutStandsOut() {
        auto table = std::make_shared<embedding::Table>();
        table->values = embedding::Matrix(6, 2);
        table->columns.push_back({"kind", {"a", "b"}, {0, 0, 1, 1, 0, 1}});
        Shown shown;
        shown.setTable(table);
        shown.setPicture(pictureOf({{0, 0}, {1, 0}, {2, 0}, {3, 0}, {4, 0}, {5, 0}}));
        shown.refresh({}, darkTheme());
        QCOMPARE(shown.colouring().name, std::string("kind"));
        QCOMPARE(shown.nameOf(2), std::string("b"));
        QVERIFY(shown.rowsOf(1) == (std::vector<std::int64_t>{2, 3, 5}));
        const Mark full = shown.cloud().marks()[2];
        shown.setFound(std::vector<std::int64_t>{2, 4});
        shown.refresh({}, darkTheme());
        QVERIFY(glm::length(colourOf(shown.cloud().marks()[0])) < 0.6F * glm::length(colourOf(full)));
        QCOMPARE(shown.cloud().marks()[2] & 0xFFFFFF, full & 0xFFFFFF);
        shown.setSelection({1}); // goes before the search
        shown.refresh({.isolate = true}, darkTheme());
        QCOMPARE(shown.hidden(), std::int64_t(5));
        for (std::int64_t row = 0; row < 6; ++row) QCOMPARE(shown.visible(row), row == 1);
        shown.setSelection({}), shown.setFound(std::nullopt);
        shown.refresh({.isolate = true}, darkTheme());
        QCOMPARE(shown.hidden(), std::int64_t(0)); // nothing is picked out, so nothing is hidden
    }

    // --- search --------------------------------------------------------------------------------------------------------------
    void wordsAreFound_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("regex");
        QTest::addColumn<QString>("rows");
        QTest::newRow("a part, capitals aside") << "KING" << false << "0 3";
        QTest::newRow("signs are themselves") << ".*" << false << "4";
        QTest::newRow("whole words") << "^king$" << true << "0";
        QTest::newRow("alternatives") << "^(wo)?man$" << true << "1 2";
        QTest::newRow("a category") << "royal" << false << "0 3";
        QTest::newRow("beyond ASCII") << "\xC3\xBC" << false << "5";
        QTest::newRow("nothing") << "zebra" << false << "";
    }
    void wordsAreFound() {
        QFETCH(QString, text);
        QFETCH(bool, regex);
        QFETCH(QString, rows);
        auto table = std::make_shared<embedding::Table>();
        table->values = embedding::Matrix(6, 1);
        table->tokens = {"king", "man", "woman", "Kingdom", "a.*b", "gr\xC3\xBCn"};
        table->columns.push_back({"kind", {"royal", "other"}, {0, 1, 1, 0, 1, 1}});
        embedding::Search search(table, text.toStdString(), regex);
        while (!search.proceed(1)) {}
        QStringList found;
        for (const std::int64_t row : search.rows()) found << QString::number(row);
        QCOMPARE(found.join(' '), rows);
    }
    void aHostileExpressionNeitherHangsNorFalls() {
        auto table = std::make_shared<embedding::Table>();
        table->values = embedding::Matrix(2, 1);
        table->tokens = {std::string(60, 'a') + "!", std::string(1000000, 'a')};
        QElapsedTimer clock;
        clock.start();
        embedding::Search search(table, "^(a*)*$", true); // exponential where an engine goes back
        while (!search.proceed(1)) {}
        QVERIFY(clock.elapsed() < 20000);
        QVERIFY(!search.rows().empty() && search.rows()[0] == 1);
        for (const char* wrong : {"(", "[a", "a{", "*", "a{3,1}", "[z-a]", "\\"}) {
            try {
                const embedding::Search bad(table, wrong, true);
                QFAIL(wrong);
            } catch (const Error& error) {
                const QString text = error.what();
                QVERIFY2(text.contains("no regular expression: ") && text.contains(wrong) && !text.contains('\n'), qPrintable(text));
            }
        }
    }

    // --- hands ---------------------------------------------------------------------------------------------------------------
    void theHandDrawsAndTurns() {
        Hands hands;
        const auto event = [](Input::Kind kind, glm::dvec2 px, bool shift = false, bool control = false) {
            Input input;
            input.kind = kind, input.px = px, input.shift = shift, input.control = control;
            input.button = kind == Input::Kind::move ? Input::Button::none : Input::Button::left;
            return input;
        };
        const auto drag = [&](const std::string& tool, bool spatial, bool shift, bool control) {
            const bool used = hands.input(event(Input::Kind::press, {10, 10}, shift, control), tool, spatial, {}, 1);
            for (const glm::dvec2 px : {glm::dvec2(50, 12), glm::dvec2(60, 60), glm::dvec2(12, 50)}) hands.input(event(Input::Kind::move, px), tool, spatial, {}, 1);
            hands.input(event(Input::Kind::release, {12, 50}), tool, spatial, {}, 1);
            return used;
        };
        QVERIFY(!drag("move", false, false, false)); // the camera's
        QVERIFY(!hands.takeDrawn() && !hands.takeTurned());
        QVERIFY(drag("move", true, false, false));
        const auto turned = hands.takeTurned();
        QVERIFY(turned && std::abs(turned->turn - (Turn().turn - 0.7)) < 1e-9 && std::abs(turned->tilt - (Turn().tilt + 14)) < 1e-9);
        QVERIFY(drag("box", false, false, true));
        auto drawn = hands.takeDrawn();
        QVERIFY(drawn && drawn->outline.size() == 4 && drawn->outline[2] == glm::dvec2(12, 50) && drawn->way == Hands::Way::add);
        QVERIFY(drag("move", true, true, false)); // Shift: a lasso
        drawn = hands.takeDrawn();
        QVERIFY(drawn && drawn->outline.size() == 4 && drawn->outline[0] == glm::dvec2(10, 10) && drawn->way == Hands::Way::replace);
        hands.input(event(Input::Kind::press, {10, 10}), "lasso", false, {}, 1);
        hands.input(event(Input::Kind::release, {11, 10}), "lasso", false, {}, 1);
        QVERIFY(hands.takeClick() && !hands.takeDrawn()); // a lasso that went nowhere is a click
    }
};

ORRERY_TEST_MAIN(EmbeddingPartsTest)
#include "tst_embedding_parts.moc"
