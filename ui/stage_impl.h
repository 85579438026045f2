// SPDX-License-Identifier: GPL-3.0-or-later
// What a stage consists of: for stage.cpp (frames) and stage_input.cpp (events).
#pragma once

#include "ui/imgui_bridge.h"
#include "ui/navigation.h"
#include "ui/panels/hud.h"
#include "ui/panels/panel.h"
#include "ui/stage.h"

#include <optional>

struct ImGuiContext;

namespace orrery::ui {

/// Makes a context current for a scope: several stages (a window and a thumbnail) may live side by side.
class ContextScope {
 public:
    explicit ContextScope(ImGuiContext* context) : m_before(ImGui::GetCurrentContext()) { ImGui::SetCurrentContext(context); }
    ~ContextScope() { ImGui::SetCurrentContext(m_before); }
    ContextScope(const ContextScope&) = delete;
    ContextScope& operator=(const ContextScope&) = delete;

 private:
    ImGuiContext* m_before;
};

struct Stage::Impl {
    Impl(Stage& owner, gpu::Device& device, lab::Session& session, const StageOptions& options);
    ~Impl();

    void frame(gpu::Recorder& recorder, const Target& target, float scale, double wallSeconds);
    void refreshFonts(float scale);
    void refreshStyle(float scale);
    void placeCamera();
    void drawEmptyHint(const Look& look);
    bool input(const Input& event);
    bool press(const Input& event);
    bool move(const Input& event);
    bool keyboard(const Input& event);
    bool toView(const Input& event);
    void forgetHands();
    /// Runs `work`; an Error goes to onError, a lost device on to the caller.
    template <class Work>
    void guarded(Work&& work) {
        try {
            work();
        } catch (const gpu::DeviceLost&) {
            throw;
        } catch (const Error& error) {
            report(error.what());
        }
    }
    /// Once per state of the session: an error that stands would otherwise be told sixty times a second.
    void report(const std::string& message);
    Look look() { return {*theme, fonts, scale, texts}; }

    Stage& owner;
    gpu::Device& device;
    lab::Session& session;
    Renderer renderer;
    std::unique_ptr<View> view;

    bridge::Clipboard clipboard;
    ImVec2 textCursor{0, 0};
    ImGuiContext* context = nullptr;
    bridge::Inbox inbox;
    Texts texts;
    Fonts fonts{};
    void* fontTexture = nullptr;
    float scale = 0;
    std::uint64_t glyphsShown = 0;
    const Theme* theme = &darkTheme();
    bool styleStale = true;

    Panel panel;
    Hud hud;
    Camera camera;
    Navigation navigation;
    bool fitted = true;    ///< the camera follows what "fit" would show until a hand moves it
    double zoomOut = 1;    ///< the view's share in the camera's height
    glm::dvec2 size{0, 0}; ///< of the last frame

    enum class Hand { none, imgui, view, camera };
    Hand hand = Hand::none; ///< who has the pointer until its button is released
    Input::Button handButton = Input::Button::none;
    bool mayClick = false; ///< the camera's press has not moved yet
    glm::dvec2 pressed{0, 0};
    bool viewHovered = false;
    glm::dvec2 pointer{-1, -1};
    void leaveView();

    std::string reported;
    std::uint64_t reportedAt = 0;
    double fps = 0;
    bool reached = false;
};

} // namespace orrery::ui
