// SPDX-License-Identifier: GPL-3.0-or-later
// The cloud of coloured points against its closed form, pixel by pixel, by kernel and by host; both must be the same picture.
#include "tests/ui/layers.h"
#include "ui/labs/embedding/cloud_bench.h"
#include "ui/labs/embedding/cloud_rival.h"
#include "ui/render/cloud.h"

#include <chrono>
#include <ctime>
#include <random>

using namespace orrery;
using namespace orrery::ui;
using test::Canvas;
using test::near;
using test::pixel;
using Way = CloudStyle::Way;

namespace {

struct Points {
    std::vector<float> x, y, z;
    std::vector<Mark> marks;
    void add(float px, float py, Mark mark, float pz = 0) {
        x.push_back(px), y.push_back(py), z.push_back(pz), marks.push_back(mark);
    }
    PointCloud cloud(bool spatial = false) const {
        PointCloud cloud;
        cloud.setPlaces(x, y, spatial ? std::span<const float>(z) : std::span<const float>());
        cloud.setMarks(marks);
        return cloud;
    }
};

Points scattered(int count, float size, std::uint32_t seed = 1) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0.5F * size, 0.2F * size);
    Points points;
    for (int i = 0; i < count; ++i) {
        const float x = normal(random), y = normal(random);
        points.add(x, y, makeMark(categories[random() % categories.size()], 32 + random() % 64), normal(random) / size - 0.5F);
    }
    return points;
}

Picture draw(Canvas& canvas, PointCloud& cloud, const CloudStyle& style, const ToPixels& toPixels = {}) {
    return canvas.draw({}, [&](const Frame& f, Layers& l) { l.cloud(f, cloud, toPixels, style); });
}

} // namespace

class CloudTest : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void aPointIsTheDiscItClaims_data() {
        QTest::addColumn<int>("way");
        QTest::newRow("kernel") << int(Way::device);
        QTest::newRow("host") << int(Way::host);
    }
    /// Over the ground g: c a + g (1 - a), a = 1 - exp(-d (1 - r^2/R^2)^2).
    void aPointIsTheDiscItClaims() {
        QFETCH(int, way);
        for (const glm::vec2 centre : {glm::vec2(30.25F, 20.5F), glm::vec2(64, 64), glm::vec2(0.3F, 79.8F)}) {
            Canvas canvas(80, 80);
            canvas.theme.ground = {0.1F, 0.3F, 0.2F, 1};
            const glm::vec3 colour(0.9F, 0.5F, 0.1F);
            Points points;
            points.add(centre.x, centre.y, makeMark(colour));
            PointCloud cloud = points.cloud();
            const double radius = 0.77 * 10, depth = 1.7;
            const Picture picture = draw(canvas, cloud, {.diameterPx = 10, .depth = float(depth), .way = Way(way)});
            for (std::uint32_t y = 0; y < 80; ++y)
                for (std::uint32_t x = 0; x < 80; ++x) {
                    const double r = glm::distance(glm::dvec2(x + 0.5, y + 0.5), glm::dvec2(centre)) / radius;
                    const double opacity = r < 1 ? 1 - std::exp(-depth * std::pow(1 - r * r, 2)) : 0;
                    for (int c = 0; c < 3; ++c) // 8-bit colours and opacities: a step each
                        near(pixel(picture, x, y)[c], glm::mix(double(canvas.theme.ground[c]), double(colour[c]), opacity), 0.009,
                             test::at(x, y));
                }
        }
    }

    /// Depths add up, colours are weighed by them, and a thousand opaque points on one pixel are just opaque: ln(1 - 1) has no place.
    void depthsAddUp() {
        for (const Way way : {Way::device, Way::host}) {
            Canvas canvas(16, 16);
            Points points;
            points.add(8.5F, 8.5F, makeMark({1, 0, 0})), points.add(8.5F, 8.5F, makeMark({0, 0, 1}));
            points.add(8.5F, 8.5F, makeMark({0, 0, 1}));
            PointCloud cloud = points.cloud();
            const Picture picture = draw(canvas, cloud, {.diameterPx = 6, .depth = 0.4F, .way = way});
            const double opacity = 1 - std::exp(-1.2);
            near(pixel(picture, 8, 8).r, opacity / 3, 0.009, "red");
            near(pixel(picture, 8, 8).b, opacity * 2 / 3, 0.009, "blue");
            Points many;
            for (int i = 0; i < 100000; ++i) many.add(8.5F, 8.5F, makeMark({1, 1, 1}));
            PointCloud heap = many.cloud();
            const Picture full = draw(canvas, heap, {.diameterPx = 6, .depth = 1000, .way = way});
            near(pixel(full, 8, 8).g, 1, 0.005, "a heap");
            near(pixel(full, 1, 1).g, 0, 1e-6, "beside it");
        }
    }

    void kernelAndHostAreOnePicture_data() {
        QTest::addColumn<bool>("spatial");
        QTest::newRow("plane") << false;
        QTest::newRow("space") << true;
    }
    void kernelAndHostAreOnePicture() {
        QFETCH(bool, spatial);
        Canvas canvas(150, 130); // no multiple of 64, nor of 4
        const Points points = scattered(3000, 140);
        PointCloud a = points.cloud(spatial), b = points.cloud(spatial);
        ToPixels toPixels;
        if (spatial) toPixels.rows[2] = {0, 0, 0.6F, 1};
        CloudStyle style{.diameterPx = 5, .depth = 0.3F, .farDepth = 0.3F, .reach = spatial ? 0.5F : 0};
        style.way = Way::device;
        const Picture kernel = draw(canvas, a, style, toPixels);
        style.way = Way::host;
        const Picture host = draw(canvas, b, style, toPixels);
        int seen = 0;
        for (std::size_t i = 0; i < host.rgba.size(); ++i) {
            QVERIFY2(std::abs(int(host.rgba[i]) - int(kernel.rgba[i])) <= 3, qPrintable(QString::number(i)));
            seen += host.rgba[i] > 30;
        }
        QVERIFY(seen > 5000);
    }

    /// To the bit: the order of the points and the number of threads are not to be seen.
    void orderCannotBeSeen() {
        Canvas canvas(100, 100);
        Points points = scattered(20000, 100), reversed;
        for (std::size_t i = points.x.size(); i-- > 0;) reversed.add(points.x[i], points.y[i], points.marks[i]);
        for (const Way way : {Way::device, Way::host}) {
            PointCloud a = points.cloud(), b = reversed.cloud();
            const CloudStyle style{.diameterPx = 3, .depth = 0.1F, .way = way};
            QCOMPARE(draw(canvas, a, style).rgba, draw(canvas, b, style).rgba);
        }
    }

    void whatIsHiddenOrNowhereIsNotDrawn() {
        for (const Way way : {Way::device, Way::host}) {
            Canvas canvas(32, 32);
            Points points;
            points.add(16, 16, makeMark({1, 1, 1}, 0));
            points.add(test::notANumber, 16, makeMark({1, 1, 1})), points.add(16, test::infinity, makeMark({1, 1, 1}));
            points.add(16, 16, makeMark({1, 1, 1}), -5); // behind the eye
            points.add(-1e30F, 16, makeMark({1, 1, 1}));
            PointCloud cloud = points.cloud(true);
            ToPixels toPixels;
            toPixels.rows[2] = {0, 0, 0.5F, 1};
            const Picture picture = draw(canvas, cloud, {.way = way}, toPixels);
            for (std::size_t i = 0; i < picture.rgba.size(); i += 4) QCOMPARE(int(picture.rgba[i]), 0);
        }
    }

    void changesAreSeen() {
        Canvas canvas(32, 32);
        Points points;
        points.add(8, 8, makeMark({1, 1, 1}));
        PointCloud cloud = points.cloud();
        const Picture first = draw(canvas, cloud, {});
        QCOMPARE(draw(canvas, cloud, {}).rgba, first.rgba); // kept
        cloud.setMarks({makeMark({1, 0, 0})});
        const Picture red = draw(canvas, cloud, {});
        QVERIFY(pixel(red, 8, 8).g < 0.02 && pixel(red, 8, 8).r > 0.5);
        points.x[0] = 20;
        cloud.setPlaces(points.x, points.y, {});
        QVERIFY(pixel(draw(canvas, cloud, {}), 20, 8).r > 0.5);
        QVERIFY_EXCEPTION_THROWN(cloud.setMarks({}), Error);
    }

    /// A second opinion: the rasteriser draws a quad for each point, blended in floats. The same picture, but for what whole units
    /// and bytes round away.
    void quadsAreTheSamePicture() {
        constexpr std::uint32_t width = 320, height = 200;
        const std::size_t count = 20000;
        PointCloud cloud = ui::emb::benchedCloud(count);
        const ToPixels toPixels = ui::emb::benchedSight(cloud, 10, width, height);
        Canvas canvas(width, height);
        ui::emb::CloudRival rival(*test::chosenDevice(), width, height);
        rival.setPoints(cloud);
        for (const Way way : {Way::device, Way::host}) {
            CloudStyle style = ui::emb::benchedStyle(count, way);
            style.depth = 0.4F;
            const Picture own = draw(canvas, cloud, style, toPixels);
            const CloudPush push = cloudPush(count, toPixels, style, {width, height}, 1);
            test::chosenDevice()->wait(test::chosenDevice()->run("quads", [&](gpu::Recorder& r) { rival.draw(r, push); }));
            const std::vector<glm::vec4> sums = rival.sums();
            int worst = 0, lit = 0;
            for (std::uint32_t i = 0; i < width * height; ++i) {
                const glm::vec4& sum = sums[i];
                const double opacity = 1 - std::exp(-double(sum.a * push.perUnit));
                for (int c = 0; c < 3; ++c) {
                    const double expected = sum.a > 0 ? double(sum[c]) / double(sum.a) * opacity : 0; // the ground is black
                    worst = std::max(worst, std::abs(int(own.rgba[i * 4 + std::uint32_t(c)]) - int(std::lround(expected))));
                }
                lit += sum.a * push.perUnit > 0.1F;
            }
            QVERIFY(lit > 5000);
            QVERIFY2(worst <= 2, qPrintable(QString::number(worst)));
        }
    }

    /// Large discs over many tiles, some half outside the picture.
    void discsReachOverTiles() {
        Canvas canvas(200, 170);
        Points points;
        for (const glm::vec2 at : {glm::vec2(64, 64), glm::vec2(127.5F, 63.2F), glm::vec2(-20, 80), glm::vec2(199, 169)})
            points.add(at.x, at.y, makeMark({1, 0.5F, 0.2F}));
        PointCloud a = points.cloud(), b = points.cloud();
        const Picture kernel = draw(canvas, a, {.diameterPx = 90, .depth = 0.8F, .way = Way::device});
        const Picture host = draw(canvas, b, {.diameterPx = 90, .depth = 0.8F, .way = Way::host});
        int lit = 0;
        for (std::size_t i = 0; i < host.rgba.size(); ++i) {
            QVERIFY2(std::abs(int(host.rgba[i]) - int(kernel.rgba[i])) <= 2, qPrintable(QString::number(i)));
            lit += host.rgba[i] > 30 && i % 4 == 0;
        }
        QVERIFY(lit > 15000);
    }

    /// Not a check: what a frame costs here, for the record.
    void speed() {
        Canvas canvas(1280, 720);
        for (const int count : {100000, 1000000}) {
            const Points points = scattered(count, 720);
            PointCloud cloud = points.cloud();
            const CloudStyle style{.diameterPx = count > 200000 ? 1.6F : 2.5F, .depth = depthPerPoint(std::uint64_t(count))};
            draw(canvas, cloud, style);
            const std::clock_t before = std::clock();
            const auto wall = std::chrono::steady_clock::now();
            constexpr int frames = 5;
            ToPixels toPixels;
            for (int i = 1; i <= frames; ++i) toPixels.rows[0].w = float(i), draw(canvas, cloud, style, toPixels);
            // Time of all processors: other work may share them.
            const double ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - wall).count();
            qInfo("%d points: a frame of 1280 x 720, read back too, takes %.1f ms of processor time (%.1f ms passed)", count,
                  1000.0 * double(std::clock() - before) / CLOCKS_PER_SEC / frames, ms / frames);
        }
    }
};

int main(int argc, char** argv) { return test::runOnBothReadPaths<CloudTest>(argc, argv); }
#include "tst_cloud.moc"
