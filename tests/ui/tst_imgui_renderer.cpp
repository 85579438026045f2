// SPDX-License-Identifier: GPL-3.0-or-later
// ImGui's lists, drawn by us, against what their commands say; and the fonts.
#include "tests/support/canvas.h"
#include "ui/render/fonts.h"
#include "ui/render/imgui_version.h"

#include <imgui.h>

#include <cmath>

using namespace orrery;
using namespace orrery::ui;
using test::Canvas;
using test::pixel;

namespace {

constexpr ImU32 rgba(int r, int g, int b, int a = 255) { return IM_COL32(r, g, b, a); }

void near(glm::vec3 measured, glm::vec3 expected, const QString& where = {}, float bound = 1.6f / 255) {
    const QString text = QString("%1: (%2, %3, %4), not (%5, %6, %7)").arg(where).arg(measured.r).arg(measured.g).arg(measured.b);
    QVERIFY2(glm::all(glm::lessThanEqual(glm::abs(measured - expected), glm::vec3(bound))),
             qPrintable(text.arg(expected.r).arg(expected.g).arg(expected.b)));
}

/// A context of 100 x 80 logical pixels whose font atlas is uploaded.
struct Panel {
    explicit Panel(Canvas& canvas, float scale = 1) {
        ImGui::CreateContext();
        ImGuiIO& io = ImGui::GetIO();
        io.IniFilename = nullptr;
        io.DisplaySize = {float(canvas.w) / scale, float(canvas.h) / scale};
        io.DisplayFramebufferScale = {scale, scale};
        io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
        unsigned char* texels = nullptr;
        int width = 0, height = 0;
        io.Fonts->GetTexDataAsRGBA32(&texels, &width, &height);
        setFontTexture(*io.Fonts, canvas.renderer.addTexture(std::uint32_t(width), std::uint32_t(height), texels));
    }
    ~Panel() { ImGui::DestroyContext(); }

    Picture draw(Canvas& canvas, const std::function<void(ImDrawList&)>& what) {
        return canvas.draw({}, {}, [&] {
            ImGui::NewFrame();
            ImDrawList& list = *ImGui::GetForegroundDrawList();
            list.Flags &= ~ImDrawListFlags_AntiAliasedFill; // edges exactly where they are put
            what(list);
            ImGui::Render();
            return ImGui::GetDrawData();
        });
    }
};

} // namespace

class ImguiRendererTest : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void rectanglesHaveTheirPlaceAndColour_data() {
        QTest::addColumn<float>("scale");
        QTest::newRow("scale 1") << 1.f;
        QTest::newRow("scale 2") << 2.f;
    }
    void rectanglesHaveTheirPlaceAndColour() {
        QFETCH(float, scale);
        Canvas canvas(std::uint32_t(100 * scale), std::uint32_t(80 * scale));
        canvas.theme.ground = {0.25f, 0.5f, 0.75f, 1};
        Panel panel(canvas, scale);
        const Picture picture = panel.draw(canvas, [](ImDrawList& list) {
            list.AddRectFilled({10, 20}, {40, 30}, rgba(200, 100, 50));
            list.AddRectFilled({30, 25}, {60, 60}, rgba(0, 255, 0, 128));
        });
        const glm::vec3 ground(0.25f, 0.5f, 0.75f), first(200 / 255.f, 100 / 255.f, 50 / 255.f), green(0, 1, 0);
        for (std::uint32_t y = 0; y < canvas.h; ++y)
            for (std::uint32_t x = 0; x < canvas.w; ++x) {
                const float px = (float(x) + 0.5f) / scale, py = (float(y) + 0.5f) / scale;
                glm::vec3 expected = px > 10 && px < 40 && py > 20 && py < 30 ? first : ground;
                if (px > 30 && px < 60 && py > 25 && py < 60) expected = glm::mix(expected, green, 128 / 255.f);
                near(pixel(picture, x, y), expected, QString("(%1, %2)").arg(x).arg(y));
            }
        for (std::size_t i = 3; i < picture.rgba.size(); i += 4) QCOMPARE(int(picture.rgba[i]), 255); // stays opaque
    }

    void clippingIsKept() {
        Canvas canvas(100, 80);
        Panel panel(canvas);
        const Picture picture = panel.draw(canvas, [](ImDrawList& list) {
            list.PushClipRect({20, 10}, {50, 40});
            list.AddRectFilled({0, 0}, {100, 80}, rgba(255, 255, 255));
            list.PopClipRect();
            list.PushClipRect({-30, 60}, {500, 300}); // beyond the picture
            list.AddRectFilled({90, 70}, {400, 400}, rgba(255, 0, 0));
            list.PopClipRect();
            list.PushClipRect({60, 60}, {60, 20}); // nothing left
            list.AddRectFilled({0, 0}, {100, 80}, rgba(0, 0, 255));
            list.PopClipRect();
        });
        for (std::uint32_t y = 0; y < 80; ++y)
            for (std::uint32_t x = 0; x < 100; ++x) {
                const bool white = x >= 20 && x < 50 && y >= 10 && y < 40, red = x >= 90 && y >= 70;
                near(pixel(picture, x, y), white ? glm::vec3(1) : red ? glm::vec3(1, 0, 0) : glm::vec3(0));
            }
    }

    void texturesOfTheCallers() {
        Canvas canvas(100, 80);
        Panel panel(canvas);
        const std::uint8_t texels[] = {255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255, 255, 255, 128}; // 2 x 2
        void* const checks = canvas.renderer.addTexture(2, 2, texels);
        const std::uint8_t grey[] = {100, 100, 100, 255};
        void* const plain = canvas.renderer.addTexture(1, 1, grey);
        const auto image = [&](ImDrawList& list) {
            list.AddImage(toTextureId(checks), {10, 10}, {50, 50});
            list.AddRectFilled({60, 10}, {70, 20}, rgba(255, 255, 0)); // the atlas again
            list.AddImage(toTextureId(plain), {60, 30}, {70, 40}, {0, 0}, {1, 1}, rgba(255, 128, 0));
        };
        const Picture picture = panel.draw(canvas, image);
        near(pixel(picture, 12, 12), {1, 0, 0});
        near(pixel(picture, 47, 12), {0, 1, 0});
        near(pixel(picture, 12, 47), {0, 0, 1});
        near(pixel(picture, 47, 47), glm::vec3(128 / 255.f));
        near(pixel(picture, 30, 12), {0.49f, 0.51f, 0}, "between two texels", 0.03f); // sampled linearly
        near(pixel(picture, 65, 15), {1, 1, 0});
        near(pixel(picture, 65, 35), glm::vec3(100, 100 * 128 / 255.f, 0) / 255.f);

        canvas.renderer.removeTexture(plain);
        const Picture without = panel.draw(canvas, image);
        near(pixel(without, 65, 35), glm::vec3(0), "removed");
        near(pixel(without, 12, 12), {1, 0, 0});
    }

    void moreVerticesThanAnIndexCounts() {
        Canvas canvas(100, 80);
        Panel panel(canvas);
        const Picture picture = panel.draw(canvas, [](ImDrawList& list) {
            for (int i = 0; i < 20000; ++i) list.AddRectFilled({0, 0}, {10, 10}, rgba(50, 50, 50));
            list.AddRectFilled({30, 30}, {40, 40}, rgba(255, 0, 255));
            QVERIFY(list.VtxBuffer.Size > 65536);
        });
        near(pixel(picture, 35, 35), {1, 0, 1});
        near(pixel(picture, 5, 5), glm::vec3(50 / 255.f));
        near(pixel(picture, 55, 55), glm::vec3(0));
    }

    void framesInFlightKeepTheirOwnGeometry() {
        Canvas canvas(100, 80);
        Panel panel(canvas);
        std::vector<gpu::Download> downloads;
        std::vector<Offscreen> images;
        for (int i = 0; i < 4; ++i) images.emplace_back(test::device(), 100, 80);
        for (int i = 0; i < 4; ++i) { // recorded and submitted without waiting
            gpu::Recorder recorder = test::device().record("in flight");
            const Frame frame{recorder, canvas.camera, 100, 80, 1, canvas.theme};
            ImGui::NewFrame();
            ImGui::GetForegroundDrawList()->AddRectFilled({float(20 * i), 0}, {float(20 * i + 20), 80}, rgba(255, 255, 255));
            ImGui::Render();
            canvas.renderer.draw(frame, images[std::size_t(i)].target(), {{}, {}, {}, [] { return ImGui::GetDrawData(); }});
            downloads.push_back(images[std::size_t(i)].read(recorder));
            test::device().submit(std::move(recorder));
        }
        test::device().waitIdle();
        for (int i = 0; i < 4; ++i) {
            const Picture picture = images[std::size_t(i)].picture(downloads[std::size_t(i)]);
            for (int k = 0; k < 4; ++k) near(pixel(picture, std::uint32_t(20 * k + 10), 40), glm::vec3(k == i ? 1 : 0));
        }
        for (const Offscreen& image : images) canvas.renderer.forgetTarget(image.target().view);
    }

    void nothingToDrawIsNoError() {
        Canvas canvas(100, 80);
        Panel panel(canvas);
        near(pixel(panel.draw(canvas, [](ImDrawList&) {}), 50, 50), glm::vec3(0));
        near(pixel(canvas.draw({}, {}, [] { return static_cast<ImDrawData*>(nullptr); }), 50, 50), glm::vec3(0));
        ImGui::GetIO().DisplaySize = {0, 0};
        near(pixel(panel.draw(canvas,
                              [](ImDrawList& list) {
                                  list.AddRectFilled({0, 0}, {90, 90}, rgba(255, 0, 0));
                              }),
                   50, 50),
             glm::vec3(0));
    }

    void badTexturesAreRefused() {
        Canvas canvas(16, 16);
        QVERIFY_THROWS_EXCEPTION(Error, canvas.renderer.addTexture(0, 4, "abcd"));
        QVERIFY_THROWS_EXCEPTION(Error, canvas.renderer.addTexture(1, 1, nullptr));
        QVERIFY_THROWS_EXCEPTION(Error, canvas.renderer.addTexture(1u << 30, 1, "abcd"));
    }

    void fontsHaveTheirSizesFiguresAndSymbols() {
        ImGui::CreateContext();
        const Fonts one = loadFonts(1, {});
        const auto height = [](const ImFont* font, ImWchar c) {
            const ImFontGlyph* glyph = font->FindGlyphNoFallback(c);
            return glyph ? glyph->Y1 - glyph->Y0 : 0.f;
        };
        // Capitals of most sans fonts are 0.70 to 0.75 em high; the atlas adds up to a pixel on either side.
        QVERIFY2(std::abs(height(one.body, 'H') - 0.73f * 13) < 2.2f, qPrintable(QString::number(height(one.body, 'H'))));
        QVERIFY(height(one.title, 'H') > height(one.body, 'H'));
        QVERIFY(height(one.small, 'H') < height(one.body, 'H'));
        for (char c = '1'; c <= '9'; ++c) QCOMPARE(one.mono->GetCharAdvance(ImWchar(c)), one.mono->GetCharAdvance('0'));
        for (ImFont* font : {one.body, one.mono, one.title, one.small})
            for (const ImWchar c : {0x00B2, 0x00D7, 0x03B2, 0x03C3, 0x2192, 0x2212, 0x2264, 0x2026})
                QVERIFY2(font->FindGlyphNoFallback(c), qPrintable(QString("U+%1").arg(c, 4, 16, QChar('0'))));
        QVERIFY(!one.body->FindGlyphNoFallback(0x6F14)); // Chinese was not asked for
        const float advance = one.body->GetCharAdvance('n');
        QVERIFY(ImGui::GetIO().Fonts->TexWidth * ImGui::GetIO().Fonts->TexHeight < 1 << 20);
        const Fonts two = loadFonts(2, {});
        QVERIFY(std::abs(two.body->GetCharAdvance('n') / advance - 2) < 0.1f);
        ImGui::DestroyContext();
    }

    void chineseIsMergedWhenAskedFor() {
        if (findChineseFont().file.empty()) QSKIP("no font with Chinese characters on this system");
        ImGui::CreateContext();
        const Fonts fonts = loadFonts(1, "扩散 and words");
        for (ImFont* font : {fonts.body, fonts.mono, fonts.title, fonts.small}) {
            for (const ImWchar c : {0x6269, 0x6563}) QVERIFY(font->FindGlyphNoFallback(c));
            QVERIFY(!font->FindGlyphNoFallback(0x6A21)); // no more than the texts need
        }
        const ImFontGlyph* glyph = fonts.body->FindGlyphNoFallback(0x6269);
        QVERIFY2(std::abs(glyph->AdvanceX - 13) < 1, qPrintable(QString::number(glyph->AdvanceX))); // a full em
        ImGui::DestroyContext();
    }
};

ORRERY_TEST_MAIN(ImguiRendererTest)
#include "tst_imgui_renderer.moc"
