// SPDX-License-Identifier: GPL-3.0-or-later
// Frames: their order, their sizes, what they draw into, and the picture that comes out.
#include "tests/support/canvas.h"

#include <QFile>
#include <QTemporaryDir>

#include <cstring>

using namespace orrery;
using namespace orrery::ui;
using test::bufferOf;
using test::Canvas;
using test::pixel;

namespace {

/// Rows of an RGBA8 PNG by Qt's inflate and the five filters of the PNG specification (section 9.2).
std::vector<std::uint8_t> decodePng(const QByteArray& file, std::uint32_t& width, std::uint32_t& height) {
    const auto number = [&](int at) {
        std::uint32_t value = 0;
        for (int i = 0; i < 4; ++i) value = value << 8 | std::uint8_t(file[at + i]);
        return value;
    };
    width = number(16), height = number(20);
    QByteArray packed;
    for (int at = 8; at + 12 <= file.size(); at += 12 + int(number(at)))
        if (file.mid(at + 4, 4) == "IDAT") packed += file.mid(at + 8, int(number(at)));
    QByteArray sized(4, 0); // more than enough; qUncompress grows it
    sized[1] = 1;
    const QByteArray rows = qUncompress(sized + packed);
    const std::size_t stride = width * 4;
    std::vector<std::uint8_t> out(stride * height);
    for (std::size_t y = 0; y < height; ++y) {
        const auto* row = reinterpret_cast<const std::uint8_t*>(rows.constData()) + y * (stride + 1);
        for (std::size_t x = 0; x < stride; ++x) {
            const int a = x >= 4 ? out[y * stride + x - 4] : 0, b = y ? out[(y - 1) * stride + x] : 0;
            const int c = x >= 4 && y ? out[(y - 1) * stride + x - 4] : 0, p = a + b - c;
            const int paeth = std::abs(p - a) <= std::abs(p - b) && std::abs(p - a) <= std::abs(p - c) ? a
                              : std::abs(p - b) <= std::abs(p - c)                                     ? b
                                                                                                       : c;
            const int predicted[] = {0, a, b, (a + b) / 2, paeth};
            out[y * stride + x] = std::uint8_t(row[1 + x] + predicted[row[0]]);
        }
    }
    return out;
}

glm::vec3 meanOf(const Picture& picture) {
    glm::vec3 sum(0);
    for (std::uint32_t y = 0; y < picture.height; ++y)
        for (std::uint32_t x = 0; x < picture.width; ++x) sum += pixel(picture, x, y);
    return sum / float(picture.width * picture.height);
}

} // namespace

class RendererTest : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void groundIsTheThemesColour() {
        for (const Theme* theme : {&darkTheme(), &lightTheme()}) {
            Canvas canvas(33, 17);
            canvas.theme = *theme;
            const Picture picture = canvas.draw({}, {});
            for (std::uint32_t i = 0; i < 33 * 17; ++i)
                QVERIFY(glm::distance(pixel(picture, i % 33, i / 33), glm::vec3(theme->ground)) <
                        1e-3f); // not sRGB-encoded again
        }
    }

    void callbacksComeInTheirOrder() {
        Canvas canvas(16, 16);
        std::vector<std::string> calls;
        gpu::Recorder recorder = test::device().record("order");
        const Frame frame{recorder, canvas.camera, 16, 16, 1, canvas.theme};
        canvas.renderer.draw(frame, canvas.image.target(),
                             {[&] { calls.push_back("prepare"); }, [&](Layers&) { calls.push_back("light"); },
                              [&](Layers&) { calls.push_back("main"); },
                              [&] {
                                  calls.push_back("overlay");
                                  return static_cast<ImDrawData*>(nullptr);
                              }});
        test::device().wait(test::device().submit(std::move(recorder)));
        QCOMPARE(calls, (std::vector<std::string>{"prepare", "light", "main", "overlay"}));
    }

    void laterCallsLieOverEarlierOnes() {
        Canvas canvas(40, 40);
        const gpu::Buffer line = bufferOf(std::vector<glm::vec2>{{0, 20}, {40, 20}});
        const auto draw = [&](glm::vec4 first, glm::vec4 second) {
            return pixel(canvas.draw({},
                                     [&](const Frame& f, Layers& l) {
                                         l.polylines(f, line, 1, 1, 0, 1, {}, {.colour = first, .widthPx = 10});
                                         l.polylines(f, line, 1, 1, 0, 1, {}, {.colour = second, .widthPx = 10});
                                     }),
                         20, 20);
        };
        QCOMPARE(draw({1, 0, 0, 1}, {0, 1, 0, 1}), glm::vec3(0, 1, 0));
        QCOMPARE(draw({0, 1, 0, 1}, {1, 0, 0, 1}), glm::vec3(1, 0, 0));
    }

    void whatAFrameComputesIsSeenInIt() {
        Canvas canvas(64, 64);
        // The places come to the device in the very frame that draws them: a missing barrier would show (or be reported).
        const gpu::Buffer places = test::device().buffer({.name = "places", .size = 1000 * sizeof(glm::vec2)});
        const gpu::Buffer line = test::device().buffer({.name = "line", .size = 2 * sizeof(glm::vec2)});
        for (float x : {16.f, 48.f}) {
            gpu::Recorder recorder = test::device().record("frame");
            const Frame frame{recorder, canvas.camera, 64, 64, 1, canvas.theme};
            const std::vector<glm::vec2> all(1000, {x, 32});
            canvas.renderer.draw(frame, canvas.image.target(),
                                 {[&] {
                                      recorder.upload(places, all);
                                      recorder.upload(line, std::vector<glm::vec2>{{x - 8, 10}, {x + 8, 10}});
                                  },
                                  [&](Layers& l) { l.points(frame, places, 1000, {}, {.diameterPx = 6, .light = 0.01f}); },
                                  [&](Layers& l) {
                                      l.light(frame, {1, 1, 1});
                                      l.polylines(frame, line, 1, 1, 0, 1, {}, {.colour = {1, 1, 1, 1}, .widthPx = 4});
                                  },
                                  {}});
            const gpu::Download download = canvas.image.read(recorder);
            test::device().wait(test::device().submit(std::move(recorder)));
            const Picture picture = canvas.image.picture(download);
            QVERIFY(pixel(picture, std::uint32_t(x), 31).g > 0.8f);
            QVERIFY(pixel(picture, std::uint32_t(x), 53).g > 0.9f && pixel(picture, std::uint32_t(64 - x), 53).g < 0.01f);
            QVERIFY(pixel(picture, std::uint32_t(64 - x), 31).g < 0.01f); // the light of the frame before is gone
        }
    }

    void sizesMayChangeFromFrameToFrame() {
        Canvas canvas(64, 64); // its renderer serves targets of every size, as a window that is dragged does
        const gpu::Buffer one = bufferOf(std::vector<glm::vec2>{{0, 0}});
        for (const auto& [w, h] :
             std::vector<std::pair<std::uint32_t, std::uint32_t>>{{64, 64}, {200, 30}, {1, 1}, {33, 217}, {64, 64}}) {
            Offscreen image(test::device(), w, h);
            Camera camera;
            camera.resize(w, h);
            camera.look({0, 0}, h);
            gpu::Recorder recorder = test::device().record("resize");
            const Frame frame{recorder, camera, w, h, 1, canvas.theme};
            canvas.renderer.draw(frame, image.target(),
                                 {{},
                                  [&](Layers& l) { l.points(frame, one, 1, {}, {.diameterPx = 8, .light = 4}); },
                                  [&](Layers& l) {
                                      l.light(frame, {1, 1, 1});
                                  },
                                  {}});
            const gpu::Download download = image.read(recorder);
            test::device().wait(test::device().submit(std::move(recorder)));
            const Picture picture = image.picture(download);
            QCOMPARE(picture.width, w);
            QCOMPARE(picture.height, h);
            QVERIFY(pixel(picture, w / 2, h / 2).r > 0.6f);
            if (w > 40) QVERIFY(pixel(picture, 3, h / 2).r < 0.01f);
            canvas.renderer.forgetTarget(image.target().view);
        }
    }

    void aWindowWithoutAreaIsSkipped() {
        Canvas canvas(16, 16);
        bool called = false;
        for (const Target& target : {Target{canvas.image.target().view, 0, 16}, Target{canvas.image.target().view, 16, 0},
                                     Target{VK_NULL_HANDLE, 16, 16}}) {
            gpu::Recorder recorder = test::device().record("nothing");
            const Frame frame{recorder, canvas.camera, target.width, target.height, 1, canvas.theme};
            canvas.renderer.draw(frame, target, {[&] { called = true; }, [&](Layers&) { called = true; }, {}, {}});
            test::device().wait(test::device().submit(std::move(recorder)));
        }
        QVERIFY(!called);
    }

    void aFrameOfAnotherSizeIsRefused() {
        Canvas canvas(16, 16);
        gpu::Recorder recorder = test::device().record("mismatch");
        const Frame frame{recorder, canvas.camera, 16, 15, 1, canvas.theme};
        QVERIFY_THROWS_EXCEPTION(Error, canvas.renderer.draw(frame, canvas.image.target(), {}));
    }

    void whatIsDrawnOutlivesItsOwner() {
        const Offscreen image(test::device(), 32, 32);
        gpu::Download download;
        {
            Canvas canvas(32, 32);
            gpu::Recorder recorder = test::device().record("outlives");
            const Frame frame{recorder, canvas.camera, 32, 32, 1, canvas.theme};
            canvas.renderer.draw(
                frame, image.target(),
                {{},
                 [&](Layers& l) {
                     l.points(frame, bufferOf(std::vector<glm::vec2>{{16, 16}}), 1, {}, {.diameterPx = 9, .light = 9});
                 },
                 [&](Layers& l) {
                     l.light(frame, {1, 1, 1});
                 },
                 {}});
            download = image.read(recorder);
            test::device().submit(std::move(recorder));
        } // renderer, pipelines and the points' buffer go while the GPU may be at work
        download.wait();
        QVERIFY(pixel(image.picture(download), 16, 16).r > 0.8f);
        test::device().waitIdle();
    }

    void picturesAreSaved() {
        QTemporaryDir folder;
        Canvas canvas(61, 37);
        const gpu::Buffer line = bufferOf(std::vector<glm::vec2>{{3, 3}, {50, 30}});
        canvas.theme.ground = {0.2f, 0.3f, 0.4f, 1};
        const Picture picture = canvas.draw({}, [&](const Frame& f, Layers& l) {
            l.polylines(f, line, 1, 1, 0, 1, {}, {.colour = {1, 0.5f, 0, 1}, .widthPx = 5});
        });
        QVERIFY(meanOf(picture).r > 0.2f);
        const QString file = folder.filePath("picture.png");
        savePng(picture, file.toStdString());
        QFile in(file);
        QVERIFY(in.open(QFile::ReadOnly));
        std::uint32_t width = 0, height = 0;
        QVERIFY(decodePng(in.readAll(), width, height) == picture.rgba);
        QCOMPARE(width, 61u);
        QCOMPARE(height, 37u);

        try {
            savePng(picture, "/nowhere/at/all.png");
            QFAIL("saved into a folder that does not exist");
        } catch (const Error& error) {
            QVERIFY(QString(error.what()).contains("/nowhere/at/all.png"));
        }
        QVERIFY_THROWS_EXCEPTION(Error, savePng({}, file.toStdString()));
    }
};

ORRERY_TEST_MAIN(RendererTest)
#include "tst_renderer.moc"
