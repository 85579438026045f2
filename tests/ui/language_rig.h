// SPDX-License-Identifier: GPL-3.0-or-later
// One page of the language view without a lab: rounds go in, pictures come out, what its hands asked for is written down.
#pragma once

#include "tests/support/test_main.h"
#include "tests/ui/language_toy.h"
#include "ui/imgui_bridge.h"
#include "ui/labs/language/page.h"
#include "ui/render/imgui_version.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <list>

namespace orrery::test {

class PageRig {
 public:
    struct Asked final : ui::lang::Hands {
        void want(const std::string& key, lab::Value value) override { wanted[key] = std::move(value); }
        void seek(double position) override { sought = position; }
        void act(const std::string& action) override { acted.push_back(action); }
        std::map<std::string, lab::Value> wanted;
        double sought = -1;
        std::vector<std::string> acted;
    };

    explicit PageRig(std::uint32_t width = 1280, std::uint32_t height = 800, bool light = false)
        : theme(light ? ui::lightTheme() : ui::darkTheme()),
          m_renderer(device(), ui::Offscreen::format, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL),
          m_offscreen(device(), width, height) {
        m_context = ImGui::CreateContext();
        ImGui::SetCurrentContext(m_context);
        place = {{width, height}, 1, 288, 84};
        camera.resize(width, height);
        scene.tokens->setVocabulary([](std::int32_t token) { return toyWords().at(std::size_t(token)); });
    }
    ~PageRig() {
        page.reset();
        if (m_fontTexture) m_renderer.removeTexture(m_fontTexture);
        m_renderer.forgetTarget(m_offscreen.target().view);
        ImGui::DestroyContext(m_context);
    }
    void tell(const ToyStory& story, int shown, int moment = 1000) {
        scene.prompt = story.prompt;
        scene.plan = story.plan;
        scene.rounds.clear();
        for (const language::Round& round : story.made) scene.rounds.push_back(&round);
        scene.shown = shown;
        scene.moment = std::min(moment, language::moments(*scene.round()));
    }
    void speakChinese() {
        std::ifstream in(std::string(ORRERY_TEST_DATA) + "/../assets/i18n/zh.json");
        const auto table = std::make_shared<nlohmann::json>(nlohmann::json::parse(in));
        texts.setTranslate([table](const std::string& english) { return table->value(english, english); });
    }

    /// Drawn twice: what a first frame learns (characters, the size of a tree) the second shows.
    ui::Picture picture() {
        frame();
        return frame();
    }
    ui::Picture frame() {
        gpu::Download download;
        device().wait(device().run("page", [&](gpu::Recorder& recorder) {
            record(recorder);
            download = m_offscreen.read(recorder);
        }));
        return m_offscreen.picture(download);
    }
    void record(gpu::Recorder& recorder) {
        ImGui::SetCurrentContext(m_context);
        ImGuiIO& io = ImGui::GetIO();
        if (!m_fontTexture || texts.glyphRevision() != m_glyphs) {
            m_fonts = ui::loadFonts(1, texts.glyphs());
            m_glyphs = texts.glyphRevision();
            unsigned char* rgba = nullptr;
            int width = 0, height = 0;
            io.Fonts->GetTexDataAsRGBA32(&rgba, &width, &height);
            if (m_fontTexture) m_renderer.removeTexture(m_fontTexture);
            m_fontTexture = m_renderer.addTexture(std::uint32_t(width), std::uint32_t(height), rgba);
            ui::setFontTexture(*io.Fonts, m_fontTexture);
            io.FontDefault = m_fonts.body;
        }
        const ui::Target target = m_offscreen.target();
        io.DisplaySize = {float(target.width), float(target.height)};
        io.DeltaTime = 1.f / 60;
        ImGui::NewFrame();
        const ui::Frame drawn{recorder, camera, target.width, target.height, 1, theme};
        ui::Passes passes;
        passes.light = [](ui::Layers&) {};
        passes.main = [](ui::Layers&) {};
        passes.overlay = [&] {
            camera.fit(page->home(place), {place.panel, place.hud, 0, 0});
            page->draw(ImGui::GetBackgroundDrawList(), look(), camera, place);
            vertices = ImGui::GetBackgroundDrawList()->VtxBuffer.Size;
            ImGui::Render();
            return ImGui::GetDrawData();
        };
        m_renderer.draw(drawn, target, passes);
    }
    ui::Look look() { return {theme, m_fonts, 1, texts}; }

    bool spot(const std::string& name, glm::dvec2& low, glm::dvec2& high) const { return page->spot(name, place, low, high); }
    glm::dvec2 middle(const std::string& name) const {
        glm::dvec2 low, high;
        if (!spot(name, low, high)) qFatal("no spot %s", name.c_str());
        return (low + high) / 2.;
    }
    static ui::Input event(ui::Input::Kind kind, glm::dvec2 px) {
        ui::Input event;
        event.kind = kind, event.px = px;
        event.button = kind == ui::Input::Kind::move ? ui::Input::Button::none : ui::Input::Button::left;
        return event;
    }
    void move(glm::dvec2 px) { page->input(event(ui::Input::Kind::move, px), camera, place); }
    /// As the stage does: a press that the page does not use, and that does not move, is a click.
    void click(glm::dvec2 px) {
        move(px);
        if (!page->input(event(ui::Input::Kind::press, px), camera, place))
            page->click(event(ui::Input::Kind::release, px), camera, place);
        page->input(event(ui::Input::Kind::release, px), camera, place);
    }
    void key(ui::Input::Key key) {
        ui::Input pressed;
        pressed.kind = ui::Input::Kind::key, pressed.key = key;
        page->input(pressed, camera, place);
    }

    const ui::Theme& theme;
    ui::lang::Scene scene;
    ui::lang::Focus focus;
    Asked hands;
    std::unique_ptr<ui::lang::Page> page;
    ui::Place place;
    ui::Camera camera;
    ui::Texts texts;
    int vertices = 0;

 private:
    ui::Renderer m_renderer;
    ui::Offscreen m_offscreen;
    ImGuiContext* m_context = nullptr;
    ui::Fonts m_fonts{};
    void* m_fontTexture = nullptr;
    std::uint64_t m_glyphs = 0;
};

} // namespace orrery::test
