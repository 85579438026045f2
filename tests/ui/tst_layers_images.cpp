// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures and masks against what their texels say of every pixel.
#include "tests/ui/layers.h"
#include "ui/render/texture.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

using namespace orrery;
using namespace orrery::ui;
using test::at;
using test::Canvas;
using test::drawMain;
using test::near;
using test::notANumber;
using test::pixel;
using test::sumOf;

namespace {

gpu::Image noise(std::uint32_t width, std::uint32_t height, std::vector<std::uint8_t>& rgba) {
    std::mt19937 random(3);
    rgba.resize(std::size_t(width) * height * 4);
    for (std::uint8_t& channel : rgba) channel = std::uint8_t(random());
    for (std::size_t i = 3; i < rgba.size(); i += 4) rgba[i] = 255;
    return makeTexture(*test::chosenDevice(), Texel::rgba8, width, height, std::as_bytes(std::span(rgba)));
}

glm::vec3 texel(const std::vector<std::uint8_t>& rgba, std::uint32_t width, std::uint32_t x, std::uint32_t y) {
    const std::uint8_t* p = &rgba[(std::size_t(y) * width + x) * 4];
    return glm::vec3(p[0], p[1], p[2]) / 255.f;
}

gpu::Image fieldOf(std::uint32_t width, std::uint32_t height, const std::function<float(double, double)>& value) {
    std::vector<float> values;
    for (std::uint32_t y = 0; y < height; ++y)
        for (std::uint32_t x = 0; x < width; ++x) values.push_back(value(x + 0.5, y + 0.5));
    return makeTexture(*test::chosenDevice(), Texel::f32, width, height, std::as_bytes(std::span(values)));
}

} // namespace

class LayersImagesTest : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void pictureAtItsOwnSizeIsItself() {
        Canvas canvas(40, 30);
        std::vector<std::uint8_t> rgba;
        const gpu::Image image = noise(16, 12, rgba);
        const Picture picture = drawMain(canvas, [&](const Frame& f, Layers& l) {
            l.picture(f, image, {{5, 4}, {21, 16}});
        }); // high y 16: row 14
        for (std::uint32_t y = 0; y < 30; ++y)
            for (std::uint32_t x = 0; x < 40; ++x) {
                const bool inside = x >= 5 && x < 21 && y >= 14 && y < 26;
                const glm::vec3 expected = inside ? texel(rgba, 16, x - 5, y - 14) : glm::vec3(0);
                QVERIFY2(glm::distance(pixel(picture, x, y), expected) < 1.1 / 255, qPrintable(at(x, y))); // a step of 8 bits
            }
    }

    void enlargedTexelsAreSquares() {
        Canvas canvas(64, 64);
        std::vector<std::uint8_t> rgba;
        const gpu::Image image = noise(8, 8, rgba);
        const Picture picture = drawMain(canvas, [&](const Frame& f, Layers& l) { l.picture(f, image, {{0, 0}, {64, 64}}); });
        for (std::uint32_t y = 0; y < 64; ++y)
            for (std::uint32_t x = 0; x < 64; ++x)
                QVERIFY2(glm::distance(pixel(picture, x, y), texel(rgba, 8, x / 8, y / 8)) < 1.1 / 255, qPrintable(at(x, y)));
    }

    void opacityLetsTheGroundThrough() {
        Canvas canvas(8, 8);
        canvas.theme.ground = {0.2f, 0.6f, 0.4f, 1};
        const std::vector<std::uint8_t> white(4, 255);
        const gpu::Image image = makeTexture(*test::chosenDevice(), Texel::rgba8, 1, 1, std::as_bytes(std::span(white)));
        const Picture picture = drawMain(canvas, [&](const Frame& f, Layers& l) {
            l.picture(f, image, {{0, 0}, {8, 8}}, 0.25f);
        });
        const glm::vec3 expected = glm::mix(glm::vec3(canvas.theme.ground), glm::vec3(1), 0.25f);
        QVERIFY(glm::distance(pixel(picture, 3, 5), expected) < 2.0 / 255);
    }

    // A bilinear field is drawn exactly: the fill's alpha is the signed distance to the threshold in pixels, plus a half.
    void maskFollowsTheFieldBetweenItsCells() {
        Canvas canvas(72, 54);
        const auto value = [](double x, double y) { return 0.8 * x - 0.5 * y - 0.11 * x * y + 0.7; }; // in cells
        const gpu::Image field = fieldOf(8, 6, [&](double x, double y) { return float(value(x, y)); });
        const MaskStyle style{.fill = {1, 1, 1, 1}, .edge = {0, 0, 0, 0}, .threshold = 0.3f};
        const Picture picture = drawMain(canvas, [&](const Frame& f, Layers& l) { l.mask(f, field, {{0, 0}, {72, 54}}, style); });
        for (std::uint32_t j = 5; j < 49; ++j) // beyond the outer cells' centres the field is constant
            for (std::uint32_t i = 5; i < 67; ++i) {
                const double x = (i + 0.5) / 9, y = (j + 0.5) / 9;
                const double slope = std::hypot(0.8 - 0.11 * y, -0.5 - 0.11 * x) / 9;
                const double inside = std::clamp((value(x, y) - 0.3) / slope + 0.5, 0.0, 1.0);
                near(pixel(picture, i, j).g, inside, 1.5 / 255, at(i, j));
            }
    }

    void maskOfADiscHasItsAreaAndItsEdgeItsLength() {
        Canvas canvas(256, 256);
        const double radius = 9.3; // in cells of 8 pixels
        const gpu::Image field =
            fieldOf(32, 32, [&](double x, double y) { return float(radius - std::hypot(x - 15.8, y - 16.3)); });
        const Rect whole{{0, 0}, {256, 256}};
        const auto areaOf = [&](const MaskStyle& style) {
            return sumOf(drawMain(canvas, [&](const Frame& f, Layers& l) { l.mask(f, field, whole, style); }));
        };
        const double pixels = 8 * radius;
        const double disc = std::numbers::pi * pixels * pixels, circle = 2 * std::numbers::pi * pixels;
        // The chord of a cell lies within 1 / (8 r) of a cell of the arc: 1/80 of 8 pixels, times the circumference.
        const double chord = circle * 8 / (8 * radius);
        near(areaOf({.fill = {1, 1, 1, 1}, .edge = {0, 0, 0, 0}}), disc, chord, "area");
        near(areaOf({.fill = {0, 0, 0, 0}, .edge = {1, 1, 1, 1}, .edgePx = 3}), 3 * circle, 0.02 * 3 * circle, "edge");
        near(areaOf({.fill = {0, 0, 0, 0}, .edge = {0, 0, 0, 0}, .bandFill = {1, 1, 1, 1}, .band = 1}), 16 * circle,
             0.02 * 16 * circle, "band of a cell on either side");
        canvas.scale = 2;
        near(areaOf({.fill = {0, 0, 0, 0}, .edge = {1, 1, 1, 1}, .edgePx = 3}), 6 * circle, 0.02 * 6 * circle, "edge at scale 2");
    }

    void onlyThePartThatIsAskedForIsDrawn() {
        Canvas canvas(32, 32);
        const gpu::Image field = fieldOf(8, 8, [](double, double) { return 1.f; });
        const MaskStyle part{.fill = {1, 1, 1, 1}, .from = {1, 2}, .to = {4.5, 7}};
        const Picture picture = drawMain(canvas, [&](const Frame& f, Layers& l) { l.mask(f, field, {{0, 0}, {32, 32}}, part); });
        for (std::uint32_t y = 0; y < 32; ++y)
            for (std::uint32_t x = 0; x < 32; ++x)
                QCOMPARE(pixel(picture, x, y).g, x >= 4 && x < 18 && y >= 8 && y < 28 ? 1.f : 0.f);
    }

    void whatIsNoNumberIsNotDrawn() {
        Canvas canvas(16, 16);
        const gpu::Image field = fieldOf(4, 4, [](double, double) { return notANumber; });
        const MaskStyle all{.fill = {1, 1, 1, 1}, .bandFill = {1, 1, 1, 1}, .band = 1};
        QCOMPARE(sumOf(drawMain(canvas, [&](const Frame& f, Layers& l) { l.mask(f, field, {{0, 0}, {16, 16}}, all); })), 0.0);
    }

    void texturesHoldWhatTheyAreSaidToHold() {
        gpu::Device& device = *test::chosenDevice();
        const std::vector<std::byte> four(4);
        QVERIFY_THROWS_EXCEPTION(Error, makeTexture(device, Texel::rgba8, 0, 4, four));
        QVERIFY_THROWS_EXCEPTION(Error, makeTexture(device, Texel::f32, 2, 1, four));
        QVERIFY_THROWS_EXCEPTION(Error, makeTexture(device, Texel::f32, 1u << 30, 1, four));
    }
};

ORRERY_TEST_MAIN(LayersImagesTest)
#include "tst_layers_images.moc"
