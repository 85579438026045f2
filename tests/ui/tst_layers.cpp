// SPDX-License-Identifier: GPL-3.0-or-later
// Points, light and heat against the closed form of what they claim to draw, pixel by pixel; and all layers together.
#include "tests/ui/layers.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

using namespace orrery;
using namespace orrery::ui;
using test::at;
using test::bufferOf;
using test::Canvas;
using test::drawMain;
using test::drawPoints;
using test::gridOf;
using test::infinity;
using test::lightOf;
using test::near;
using test::notANumber;
using test::pixel;
using test::sumOf;
using test::white;

class LayersTest : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void pointIsTheDiscItClaims_data() {
        QTest::addColumn<float>("scale");
        QTest::addColumn<glm::dvec2>("centre"); // data units; y from below
        QTest::newRow("scale 1") << 1.f << glm::dvec2(30.25, 20.5);
        QTest::newRow("scale 2") << 2.f << glm::dvec2(30.25, 20.5);
        QTest::newRow("where four tiles meet") << 1.f << glm::dvec2(63.5, 15.25);
    }
    void pointIsTheDiscItClaims() {
        QFETCH(float, scale);
        QFETCH(glm::dvec2, centre);
        Canvas canvas(80, 80);
        canvas.scale = scale;
        const double radius = 0.77 * 10 * scale, light = 0.8;
        const Picture picture = drawPoints(canvas, {glm::vec2(centre)}, {.diameterPx = 10, .light = float(light)});
        double sum = 0;
        for (std::uint32_t y = 0; y < canvas.h; ++y)
            for (std::uint32_t x = 0; x < canvas.w; ++x) {
                const double r = glm::distance(glm::dvec2(x + 0.5, canvas.h - y - 0.5), centre) / radius;
                const double expected = r < 1 ? light * std::pow(1 - r * r, 2) : 0;
                const double brightness = expected / (expected + 0.6);
                near(pixel(picture, x, y).g, brightness, 0.012, at(x, y));
                sum += lightOf(pixel(picture, x, y).g);
            }
        near(sum, light * std::numbers::pi * radius * radius / 3, 0.03 * sum, "light in all");
    }

    void smallPointsKeepTheirLightWhereverTheyLie() {
        Canvas canvas(32, 32);
        const double wanted = std::numbers::pi * std::pow(0.77 * 1.2, 2) / 3;
        for (float shift : {0.f, 0.25f, 0.5f, 0.8f}) {
            const Picture picture = drawPoints(canvas, {{16 + shift, 16 + 0.5f * shift}}, {.diameterPx = 1.2f, .light = 1});
            double sum = 0;
            for (std::uint32_t i = 0; i < 32 * 32; ++i) sum += lightOf(pixel(picture, i % 32, i / 32).g);
            near(sum, wanted, 0.15 * wanted, QString("shift %1").arg(shift));
        }
    }

    void lightAddsUpInAnyOrder() {
        Canvas canvas(96, 96);
        std::mt19937 random(5);
        std::normal_distribution<float> normal(48, 12);
        std::vector<glm::vec2> places(2000);
        for (glm::vec2& p : places) p = {normal(random), normal(random)};
        const PointStyle style{.diameterPx = 4, .light = 0.25f};
        const Picture forward = drawPoints(canvas, places, style);
        std::vector<glm::vec2> reversed(places.rbegin(), places.rend());
        const Picture backward = drawPoints(canvas, reversed, style);
        for (std::size_t i = 0; i < forward.rgba.size(); ++i) QVERIFY(std::abs(forward.rgba[i] - backward.rgba[i]) <= 1);

        const double radius = 0.77 * 4;
        for (std::uint32_t y = 4; y < 96; y += 9)
            for (std::uint32_t x = 4; x < 96; x += 9) {
                double sum = 0;
                for (glm::vec2 p : places) {
                    const double r = glm::distance(glm::dvec2(x + 0.5, 95.5 - y), glm::dvec2(p)) / radius;
                    if (r < 1) sum += 0.25 * std::pow(1 - r * r, 2);
                }
                near(pixel(forward, x, y).g, sum / (sum + 0.6), 0.015, at(x, y));
            }
    }

    void lightTintsAndInkDarkens() {
        Canvas canvas(32, 32);
        canvas.theme.ground = {0.2f, 0.4f, 0.6f, 1};
        const glm::vec3 colour(1, 0.5f, 0.25f);
        const glm::vec3 lit = pixel(drawPoints(canvas, {{16.5f, 15.5f}}, {.diameterPx = 12, .light = 1}, colour), 16, 16);
        const glm::vec3 glow = glm::mix(colour, white, 1 / 9.f) / 1.6f;
        const glm::vec3 screened = glow + glm::vec3(canvas.theme.ground) * (1.f - glow);
        QVERIFY2(glm::distance(lit, screened) < 0.015, qPrintable(QString("%1 %2 %3").arg(lit.r).arg(lit.g).arg(lit.b)));

        canvas.theme.light = true;
        canvas.theme.ground = {0.9f, 0.8f, 0.7f, 1};
        const glm::vec3 inked = pixel(drawPoints(canvas, {{16.5f, 15.5f}}, {.diameterPx = 12, .light = 1}, colour), 16, 16);
        const glm::vec3 ink = glm::mix(white, glm::mix(colour, colour * 0.25f, 1 / 9.f), 1 / 1.6f);
        QVERIFY(glm::distance(inked, glm::vec3(canvas.theme.ground) * ink) < 0.015);
    }

    void placesAreMappedThroughToData() {
        Canvas canvas(64, 48);
        const Picture picture = canvas.draw(
            [&](const Frame& f, Layers& l) {
                l.points(f, bufferOf(std::vector<glm::vec2>{{2, -1}}), 1, {{10, 30}, 8}, {.diameterPx = 3, .light = 1});
            },
            [&](const Frame& f, Layers& l) { l.light(f, white); });
        const auto brightest = std::size_t(std::max_element(picture.rgba.begin(), picture.rgba.end(),
                                                            [](auto a, auto b) { return a % 255 < b % 255; }) -
                                           picture.rgba.begin()) /
                               4;
        const glm::dvec2 px = canvas.camera.toPx({26, 22}); // (10, 30) + 8 * (2, -1)
        QVERIFY(glm::distance(glm::dvec2(brightest % 64 + 0.5, brightest / 64 + 0.5), px) < 1);
    }

    void heatShowsTheDensityInTheMapsColours_data() {
        QTest::addColumn<int>("map");
        QTest::addColumn<bool>("exponential");
        QTest::addColumn<float>("opacity");
        QTest::newRow("magma of logarithms") << int(Colormap::magma) << true << 1.f;
        QTest::newRow("viridis, half opaque") << int(Colormap::viridis) << false << 0.5f;
        QTest::newRow("diverging") << int(Colormap::diverging) << false << 1.f;
    }
    void heatShowsTheDensityInTheMapsColours() {
        QFETCH(int, map);
        QFETCH(bool, exponential);
        QFETCH(float, opacity);
        Canvas canvas(80, 64);
        canvas.theme.ground = {0.1f, 0.3f, 0.2f, 1};
        // Linear in what is stored: exact between cells for every way of interpolating.
        const auto stored = [](double x, double y) { return -2.2 + 0.02 * x + 0.008 * y; };
        const HeatStyle style{Colormap(map), exponential ? 0.1f : -1.9f, exponential ? 0.5f : -0.4f, exponential, opacity};
        const GridBuffer grid = gridOf(canvas, 8, [&](double x, double y) { return glm::vec4(7, -7, stored(x, y), 7); });
        const Picture picture = drawMain(canvas, [&](const Frame& f, Layers& l) { l.heat(f, grid, style); });
        for (std::uint32_t y = 16; y < 48; ++y)
            for (std::uint32_t x = 16; x < 64; ++x) {
                const double value = stored(x + 0.5, canvas.h - y - 0.5);
                const double share = ((exponential ? std::exp(value) : value) - style.low) / (style.high - style.low);
                const float cover = opacity * heatOpacity(Colormap(map), share);
                const glm::vec3 expected = glm::mix(glm::vec3(canvas.theme.ground), colour(Colormap(map), share), cover);
                // Half a step each: dither, colour and opacity when they are rounded, the result.
                for (int c = 0; c < 3; ++c) near(pixel(picture, x, y)[c], expected[c], 2.0 / 255, at(x, y));
            }
    }

    void tilesThatAreLeftOutWouldNotBeSeen() {
        Canvas canvas(200, 200); // four by four tiles, the bump over three of them
        const auto logarithm = [](double x, double y) { return -0.5 * (std::pow(x - 70, 2) + std::pow(y - 128, 2)) / 196; };
        const GridBuffer grid = gridOf(canvas, 2, [&](double x, double y) { return glm::vec4(0, 0, logarithm(x, y), 0); });
        const Picture picture = drawMain(canvas, [&](const Frame& f, Layers& l) { l.heat(f, grid, {}); });
        for (std::uint32_t y = 0; y < 200; ++y)
            for (std::uint32_t x = 0; x < 200; ++x) {
                const double share = std::exp(logarithm(x + 0.5, 199.5 - y));
                const glm::vec3 expected = colour(Colormap::magma, share) * heatOpacity(Colormap::magma, share);
                QVERIFY2(glm::distance(pixel(picture, x, y), expected) < 0.025, qPrintable(at(x, y)));
            }
    }

    void heatOfNothingIsTheGround() {
        Canvas canvas(32, 32);
        for (float empty : {-infinity, notANumber, -1e30f}) {
            const GridBuffer grid = gridOf(canvas, 4, [&](double, double) { return glm::vec4(0, 0, empty, 0); });
            QCOMPARE(sumOf(drawMain(canvas,
                                    [&](const Frame& f, Layers& l) {
                                        l.heat(f, grid, {});
                                        l.contours(f, grid, {});
                                    })),
                     0.0);
        }
    }

    void brokenPlacesAreLeftOut() {
        Canvas canvas(40, 40);
        const std::vector<glm::vec2> places{
            {notANumber, 5}, {5, notANumber}, {infinity, 5}, {-infinity, -infinity}, {3e38f, 3e38f}};
        QCOMPARE(sumOf(drawPoints(canvas, places, {})), 0.0);
        QCOMPARE(sumOf(drawPoints(canvas, {}, {})), 0.0);
        const std::vector<glm::vec2> rows{{5, 5}, {notANumber, 20}, {30, 30}, {infinity, 0}, {20, 20}};
        QCOMPARE(sumOf(drawMain(canvas,
                                [&](const Frame& f, Layers& l) {
                                    l.polylines(f, bufferOf(rows), 1, 1, 0, 4, {}, {});
                                    l.polylines(f, bufferOf(rows), 1, 1, 3, 3, {}, {});
                                })),
                 0.0);
    }

    void buffersAreNotReadPastTheirEnd() {
        Canvas canvas(16, 16);
        const gpu::Buffer small = bufferOf(std::vector<glm::vec2>(4));
        const auto refuses = [&](const Canvas::Call& light, const Canvas::Call& main) {
            QVERIFY_THROWS_EXCEPTION(Error, canvas.draw(light, main));
        };
        refuses([&](const Frame& f, Layers& l) { l.points(f, small, 5, {}, {}); }, {});
        refuses({}, [&](const Frame& f, Layers& l) { l.polylines(f, small, 2, 1, 0, 2, {}, {}); });
        refuses({}, [&](const Frame& f, Layers& l) { l.heat(f, {small, 2, 2, {}, {}}, {}); });
        // What was noted before a throw is not drawn by the next frame.
        QCOMPARE(sumOf(canvas.draw({}, {})), 0.0);
    }

    void twiceTheScaleIsTheSamePictureTwiceAsLarge() {
        const auto compose = [](float scale) {
            Canvas canvas(std::uint32_t(160 * scale), std::uint32_t(120 * scale));
            canvas.scale = scale;
            canvas.camera.look({80, 60}, 120);
            std::mt19937 random(3);
            std::normal_distribution<float> normal(0, 18);
            std::vector<glm::vec2> places(4000), trail;
            for (glm::vec2& p : places) p = glm::vec2(80, 60) + glm::vec2(normal(random), normal(random));
            for (int i = 0; i < 12; ++i) trail.push_back({10 + 12 * i, 60 + 30 * std::sin(i)});
            std::vector<glm::vec4> cells;
            for (int y = 0; y < 30; ++y)
                for (int x = 0; x < 40; ++x) {
                    const double dx = x * 4 + 2 - 80, dy = y * 4 + 2 - 60;
                    cells.push_back(glm::vec4(-dx / 324, -dy / 324, -0.5 * (dx * dx + dy * dy) / 324, 0));
                }
            const GridBuffer grid{bufferOf(cells), 40, 30, {{0, 0}, {160, 120}}, {}};
            return canvas.draw([&](const Frame& f, Layers& l) { l.points(f, bufferOf(places), 4000, {}, {.light = 0.5f}); },
                               [&](const Frame& f, Layers& l) {
                                   l.heat(f, grid, {});
                                   l.light(f, {0.8f, 0.9f, 1});
                                   l.contours(f, grid, {});
                                   l.arrows(f, grid, {.longestPx = 6, .half = 0.05f});
                                   l.polylines(f, bufferOf(trail), 1, 1, 0, 11, {}, {.widthPx = 2});
                               });
        };
        const Picture one = compose(1), two = compose(2);
        double difference = 0, mean = 0;
        for (std::uint32_t y = 0; y < 120; ++y)
            for (std::uint32_t x = 0; x < 160; ++x) {
                const glm::vec3 small = 0.25f * (pixel(two, 2 * x, 2 * y) + pixel(two, 2 * x + 1, 2 * y) +
                                                 pixel(two, 2 * x, 2 * y + 1) + pixel(two, 2 * x + 1, 2 * y + 1));
                difference += glm::distance(small, pixel(one, x, y)) / (120 * 160);
                mean += glm::length(small) / (120 * 160);
            }
        QVERIFY2(mean > 0.2 && difference < 0.06 * mean, qPrintable(QString("%1 of %2").arg(difference).arg(mean)));
    }
};

int main(int argc, char** argv) { return test::runOnBothReadPaths<LayersTest>(argc, argv); }
#include "tst_layers.moc"
