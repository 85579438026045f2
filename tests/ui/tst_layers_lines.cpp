// SPDX-License-Identifier: GPL-3.0-or-later
// Contours, polylines and arrows against the closed form of what they claim to draw, pixel by pixel.
#include "tests/ui/layers.h"

#include <algorithm>
#include <cmath>
#include <numbers>

using namespace orrery;
using namespace orrery::ui;
using test::at;
using test::bufferOf;
using test::Canvas;
using test::drawMain;
using test::gridOf;
using test::infinity;
using test::near;
using test::notANumber;
using test::pixel;
using test::sumOf;

class LayersLinesTest : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void contoursLieWhereTheDensityHasTheirLevel() {
        Canvas canvas(96, 64);
        const double slope = std::numbers::ln10 / 40; // a factor of ten in 40 pixels: a line each 20, at x = 7, 27, 47, …
        const GridBuffer grid = gridOf(canvas, 4, [&](double x, double) { return glm::vec4(0, 0, (x - 87) * slope, 0); });
        const ContourStyle style{.colour = {1, 1, 1, 0.8f}, .widthPx = 2, .perDecade = 2, .lowest = -1.25f};
        const Picture picture = drawMain(canvas, [&](const Frame& f, Layers& l) { l.contours(f, grid, style); });
        for (std::uint32_t y = 8; y < 56; y += 5)
            for (std::uint32_t x = 10; x < 86; ++x) {
                const double level = std::round((x + 0.5 - 87) / 20), distance = std::abs(x + 0.5 - 87 - level * 20);
                const double cover = level < -2.5 ? 0 : std::clamp(0.5 + 1 - distance, 0.0, 1.0);
                near(pixel(picture, x, y).r, 0.8 * cover, 0.02, at(x, y));
            }
    }

    void contoursOfAGaussianAreCircles() {
        Canvas canvas(120, 120);
        const double sigma = 16;
        const GridBuffer grid = gridOf(canvas, 2, [&](double x, double y) {
            return glm::vec4(0, 0, -0.5 * (std::pow(x - 60, 2) + std::pow(y - 60, 2)) / (sigma * sigma), 0);
        });
        const Picture picture = drawMain(canvas, [&](const Frame& f, Layers& l) {
            l.contours(f, grid, {.colour = {1, 1, 1, 1}, .widthPx = 1.5f, .perDecade = 1, .lowest = -2.5f});
        });
        for (int decade = 1; decade <= 2; ++decade) {
            const double radius = sigma * std::sqrt(2 * decade * std::numbers::ln10);
            for (double angle = 0; angle < 6.28; angle += 0.1) {
                const glm::dvec2 on = glm::dvec2(60) + radius * glm::dvec2(std::cos(angle), std::sin(angle));
                QVERIFY(pixel(picture, std::uint32_t(on.x), std::uint32_t(on.y)).r > 0.4);
                const glm::dvec2 off = glm::dvec2(60) + (radius - 4) * glm::dvec2(std::cos(angle), std::sin(angle));
                QCOMPARE(pixel(picture, std::uint32_t(off.x), std::uint32_t(off.y)).r, 0.f);
            }
        }
    }

    void polylineCoversItsPixelsOnce() {
        Canvas canvas(80, 60);
        // Two columns of a stride of three; the third must not be seen. A sharp turn, a joint, and a repeated place.
        const std::vector<glm::vec2> a{{10, 10}, {40, 50}, {44, 12}, {44, 12}, {70, 30}},
            b{{10, 50}, {20, 54}, {30, 50}, {40, 54}, {50, 50}};
        std::vector<glm::vec2> rows;
        for (std::size_t i = 0; i < a.size(); ++i) rows.insert(rows.end(), {a[i], b[i], {75, 55.f - 10 * float(i)}});
        const Picture picture = drawMain(canvas, [&](const Frame& f, Layers& l) {
            l.polylines(f, bufferOf(rows), 3, 1, 0, 4, {}, {.colour = {1, 1, 1, 0.5f}, .widthPx = 4});
        });
        const auto distanceTo = [&](glm::dvec2 p) {
            double least = 1e9;
            for (std::size_t i = 0; i + 1 < a.size(); ++i) {
                const glm::dvec2 s(a[i]), d = glm::dvec2(a[i + 1]) - s;
                const double share = glm::dot(d, d) > 0 ? std::clamp(glm::dot(p - s, d) / glm::dot(d, d), 0.0, 1.0) : 0;
                least = std::min(least, glm::distance(p, s + d * share));
            }
            return least;
        };
        for (std::uint32_t y = 0; y < canvas.h; ++y)
            for (std::uint32_t x = 0; x < canvas.w; ++x) {
                const double outside = distanceTo({x + 0.5, canvas.h - y - 0.5}) - 2;
                near(pixel(picture, x, y).r, 0.5 * std::clamp(0.5 - outside, 0.0, 1.0), 0.02, at(x, y));
            }
    }

    void polylineFadesToItsOldestRow() {
        Canvas canvas(80, 20);
        const std::vector<glm::vec2> rows{{0, 3}, {10, 10}, {40, 10}, {70, 10}, {0, 3}};
        const Picture picture = drawMain(canvas, [&](const Frame& f, Layers& l) {
            l.polylines(f, bufferOf(rows), 1, 1, 1, 3, {}, {.colour = {1, 1, 1, 1}, .widthPx = 6, .fade = 0.8f});
        });
        for (std::uint32_t x = 12; x < 68; ++x) near(pixel(picture, x, 9).r, 1 - 0.8 * (1 - (x + 0.5 - 10) / 60), 0.02, at(x, 9));
        QCOMPARE(pixel(picture, 4, 13).r, 0.f); // rows outside first…last
    }

    void arrowsPointWhereTheirVectorsPoint_data() {
        QTest::addColumn<float>("x");
        QTest::addColumn<float>("y");
        QTest::newRow("up") << 0.f << 3.f;
        QTest::newRow("right") << 3.f << 0.f;
        QTest::newRow("down and left, tiny") << -0.5f << -0.5f;
        QTest::newRow("huge") << 1e20f << 1e20f;
    }
    void arrowsPointWhereTheirVectorsPoint() {
        QFETCH(float, x);
        QFETCH(float, y);
        Canvas canvas(120, 120);
        const GridBuffer grid = gridOf(canvas, 120, [&](double, double) { return glm::vec4(x, y, 9, 9); });
        const ArrowStyle style{.colour = {1, 1, 1, 1}, .longestPx = 50, .widthPx = 2, .half = 1};
        const Picture picture = drawMain(canvas, [&](const Frame& f, Layers& l) { l.arrows(f, grid, style); });
        const double m = std::hypot(double(x), double(y)), length = 50 * m / (m + 1);
        const glm::dvec2 along = glm::dvec2(x, -y) / m, across(-along.y, along.x); // in pixels, y down
        double farthest = 0;
        for (std::uint32_t row = 0; row < 120; ++row)
            for (std::uint32_t column = 0; column < 120; ++column) {
                if (pixel(picture, column, row).r < 0.5) continue;
                const glm::dvec2 p = glm::dvec2(column + 0.5, row + 0.5) - 60.0;
                QVERIFY2(glm::dot(p, along) > -1.6, qPrintable(at(column, row)));
                QVERIFY(std::abs(glm::dot(p, across)) < 4.5);
                farthest = std::max(farthest, glm::dot(p, along));
            }
        near(farthest, length, 2, "length");
        const glm::dvec2 middle = 60.0 + along * (0.4 * length);
        QVERIFY(pixel(picture, std::uint32_t(middle.x), std::uint32_t(middle.y)).r > 0.7);
    }

    void arrowsOfNothingAreNotDrawn() {
        Canvas canvas(64, 64);
        for (glm::vec4 cell :
             {glm::vec4(0), glm::vec4(notANumber, 1, 0, 0), glm::vec4(1, notANumber, 0, 0), glm::vec4(infinity, 0, 0, 0)}) {
            const GridBuffer grid = gridOf(canvas, 16, [&](double, double) { return cell; });
            QCOMPARE(sumOf(drawMain(canvas, [&](const Frame& f, Layers& l) { l.arrows(f, grid, {}); })), 0.0);
        }
    }

    void arrowsStartAtTheirCells() {
        Canvas canvas(80, 40);
        const GridBuffer grid = gridOf(canvas, 20, [&](double x, double) { return glm::vec4(x > 60 ? 1 : 0, 0, 0, 0); });
        const Picture picture = drawMain(canvas, [&](const Frame& f, Layers& l) {
            l.arrows(f, grid, {.colour = {1, 1, 1, 1}, .longestPx = 16, .widthPx = 2});
        });
        for (std::uint32_t x = 0; x < 66; ++x) QCOMPARE(pixel(picture, x, 9).r, 0.f);
        QVERIFY(pixel(picture, 71, 9).r > 0.5 && pixel(picture, 71, 29).r > 0.5); // cells at (70, 10) and (70, 30)
        QCOMPARE(pixel(picture, 71, 19).r, 0.f);
    }
};

int main(int argc, char** argv) { return test::runOnBothReadPaths<LayersLinesTest>(argc, argv); }
#include "tst_layers_lines.moc"
