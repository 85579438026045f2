// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/stage.h"

#include "ui/panels/axes.h"
#include "ui/render/imgui_version.h"
#include "ui/stage_impl.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace orrery::ui {

namespace {

constexpr double budgetMs = 8;
constexpr double catchUpMs = 24;
constexpr int stepsBehind = 8;
constexpr float edgeGap = 12; ///< logical pixels between the HUD and what is at the edge

/// Ends an ImGui frame that an exception has left open; the next one would refuse to start.
struct OpenFrame {
    OpenFrame() { ImGui::NewFrame(); }
    ~OpenFrame() {
        if (open) ImGui::EndFrame();
    }
    bool open = true;
};

Rect enlarged(const Rect& rect, double factor) {
    const glm::dvec2 centre = (rect.low + rect.high) * 0.5, half = (rect.high - rect.low) * 0.5 * factor;
    return {centre - half, centre + half};
}

} // namespace

Stage::Impl::Impl(Stage& o, gpu::Device& d, lab::Session& s, const StageOptions& options)
    : owner(o), device(d), session(s), renderer(d, options.format, options.finalLayout), view(makeView(s)) {
    ImGuiContext* before = ImGui::GetCurrentContext();
    context = ImGui::CreateContext();
    ContextScope scope(context);
    bridge::attach(&clipboard, &textCursor);
    panel.onError = [this](const std::string& message) {
        if (owner.onError) owner.onError(message);
    };
    panel.onFileWanted = [this](const std::string& key) {
        if (owner.onFileWanted) owner.onFileWanted(key);
    };
    panel.onSendWanted = [this] {
        if (owner.onSendWanted) owner.onSendWanted();
    };
    ImGui::SetCurrentContext(before);
}

Stage::Impl::~Impl() {
    if (fontTexture) renderer.removeTexture(fontTexture);
    ImGui::DestroyContext(context);
}

void Stage::Impl::report(const std::string& message) {
    if (message == reported && reportedAt == session.revision()) return;
    reported = message, reportedAt = session.revision();
    if (owner.onError) owner.onError(message);
}

void Stage::Impl::refreshFonts(float wanted) {
    if (wanted == scale && texts.glyphRevision() == glyphsShown && fontTexture) return;
    fonts = loadFonts(wanted, texts.glyphs());
    glyphsShown = texts.glyphRevision();
    unsigned char* rgba = nullptr;
    int width = 0, height = 0;
    ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
    atlas.GetTexDataAsRGBA32(&rgba, &width, &height);
    if (fontTexture) renderer.removeTexture(fontTexture);
    fontTexture = renderer.addTexture(std::uint32_t(width), std::uint32_t(height), rgba);
    setFontTexture(atlas, fontTexture);
    atlas.ClearTexData();
    ImGui::GetIO().FontDefault = fonts.body;
}

void Stage::Impl::refreshStyle(float wanted) {
    if (wanted != scale || styleStale) applyStyle(*theme, wanted);
    styleStale = false;
    scale = wanted;
}

void Stage::Impl::placeCamera() {
    view->place(size, scale, panel.covers(), hud.covers());
    if (view->takeRefit()) fitted = true;
    const double wanted = std::max(1e-6, view->zoomOut());
    if (fitted) {
        glm::dvec4 insets = view->edges();
        insets.x += panel.covers();
        insets.y += double(hud.covers());
        camera.fit(enlarged(view->home(), wanted), insets * double(scale));
    } else if (wanted != zoomOut) {
        camera.look(camera.centre(), camera.height() * wanted / zoomOut);
    }
    zoomOut = wanted;
}

void Stage::Impl::drawEmptyHint(const Look& look) {
    const std::string hint = view->emptyHint();
    if (hint.empty()) return;
    const std::string& text = look.tr(hint);
    const glm::dvec4 edges = view->edges();
    const float left = look.px(panel.covers() + float(edges.x)), right = float(size.x) - look.px(float(edges.z));
    const float wrap = std::min(look.px(420), right - left - look.px(64));
    if (wrap < look.px(80)) return;
    const char* begin = text.c_str();
    const ImVec2 extent = bridge::textSize(look.fonts.title, begin, begin + text.size(), wrap);
    const ImVec2 at(std::round((left + right - extent.x) / 2), std::round((float(size.y) - extent.y) / 2));
    ImDrawList* list = ImGui::GetBackgroundDrawList();
    drawGround(list, look, {at.x - look.px(20), at.y - look.px(16)},
               {at.x + extent.x + look.px(20), at.y + extent.y + look.px(16)});
    list->AddText(look.fonts.title, fontHeight(look.fonts.title), at, toColour(look.theme.text), begin, begin + text.size(),
                  wrap);
}

void Stage::Impl::frame(gpu::Recorder& recorder, const Target& target, float wantedScale, double wallSeconds) {
    if (target.width == 0 || target.height == 0) return;
    ContextScope scope(context);
    wantedScale = std::clamp(wantedScale, 0.5f, 8.f);
    refreshFonts(wantedScale);
    refreshStyle(wantedScale);
    size = {target.width, target.height};
    camera.resize(size.x, size.y);
    if (wallSeconds > 0) fps = fps > 0 ? fps + (1 / wallSeconds - fps) * std::min(1., wallSeconds * 4) : 1 / wallSeconds;

    ImGuiIO& io = ImGui::GetIO();
    io.DisplaySize = {float(target.width), float(target.height)};
    io.DeltaTime = float(std::clamp(wallSeconds, 1e-5, 1.));
    inbox.deliver();
    OpenFrame open;
    const Look now = look();
    // A panel may open under a pointer that does not move.
    if (hand == Hand::none && viewHovered && bridge::covers(pointer)) leaveView();
    // The panel and the hands speak first, so that a change is in this very frame.
    panel.draw(now, session, wallSeconds);
    guarded([&] { view->settle(); });
    reached = true;
    // Behind the moment that is wanted (a scrub, a slider): more of the frame goes into getting there.
    const bool behind = std::abs(session.transport().target() - session.lab().position()) > stepsBehind;
    guarded([&] { reached = !session.update(recorder, wallSeconds, behind ? catchUpMs : budgetMs); });
    placeCamera();

    const Frame drawn{recorder, camera, target.width, target.height, scale, *theme};
    guarded([&] { view->prepare(drawn); });
    recorder.beginStretch("draw");
    Passes passes;
    passes.light = [&](Layers& layers) { view->light(drawn, layers); };
    passes.main = [&](Layers& layers) { view->main(drawn, layers); };
    passes.overlay = [&] {
        view->overlay(drawn, now);
        drawEmptyHint(now);
        const glm::dvec4 edges = view->edges();
        hud.draw(now, device, session, *view, fps, wallSeconds,
                 {float(edges.x) + panel.covers() + edgeGap, float(edges.y) + edgeGap, float(edges.z) + edgeGap});
        ImGui::Render();
        open.open = false;
        return ImGui::GetDrawData();
    };
    renderer.draw(drawn, target, passes);
    recorder.endStretch();
}

Stage::Stage(gpu::Device& device, lab::Session& session, const StageOptions& options)
    : m_impl(std::make_unique<Impl>(*this, device, session, options)) {}
Stage::~Stage() = default;

void Stage::frame(gpu::Recorder& recorder, const Target& target, float scale, double wallSeconds) {
    m_impl->frame(recorder, target, scale, wallSeconds);
}
void Stage::forgetTarget(VkImageView view) { m_impl->renderer.forgetTarget(view); }

void Stage::setTheme(bool light) {
    m_impl->theme = light ? &lightTheme() : &darkTheme();
    m_impl->styleStale = true;
}
const Theme& Stage::theme() const { return *m_impl->theme; }
void Stage::setTranslate(Translate translate) { m_impl->texts.setTranslate(std::move(translate)); }
void Stage::setPanelShown(bool shown) { m_impl->panel.setShown(shown); }
bool Stage::panelShown() const { return m_impl->panel.shown(); }
void Stage::setHudShown(bool shown) { m_impl->hud.setShown(shown); }
bool Stage::hudShown() const { return m_impl->hud.shown(); }
void Stage::setReduceMotion(bool reduce) {
    m_impl->panel.setReduceMotion(reduce);
    m_impl->view->setReduceMotion(reduce);
}
void Stage::revealControl(const std::string& key) { m_impl->panel.reveal(key, m_impl->session.declaration()); }
const std::set<std::string>& Stage::foldedGroups() const { return m_impl->panel.foldedGroups(); }
void Stage::setFoldedGroups(std::set<std::string> groups) { m_impl->panel.setFoldedGroups(std::move(groups)); }
void Stage::setClipboard(std::function<std::string()> read, std::function<void(const std::string&)> write) {
    m_impl->clipboard.read = std::move(read), m_impl->clipboard.write = std::move(write);
}

void Stage::fit() { m_impl->fitted = true; }
Camera& Stage::camera() { return m_impl->camera; }
lab::CameraState Stage::cameraState() const {
    const Camera& camera = m_impl->camera;
    return {camera.centre().x, camera.centre().y, camera.height() / m_impl->zoomOut};
}
void Stage::setCameraState(const lab::CameraState& state) {
    m_impl->camera.look({state.x, state.y}, state.height * m_impl->zoomOut);
    m_impl->fitted = false;
}

bool Stage::controlRect(const std::string& key, glm::dvec2& low, glm::dvec2& high) const {
    ImVec2 a, b;
    if (!m_impl->panel.controlRect(key, a, b)) return m_impl->view->spot(key, low, high);
    low = {a.x, a.y}, high = {b.x, b.y};
    return true;
}

bool Stage::textCursor(glm::dvec2& px) const {
    ContextScope scope(m_impl->context);
    px = {m_impl->textCursor.x, m_impl->textCursor.y};
    return bridge::takesText();
}

double Stage::framesPerSecond() const { return m_impl->fps; }
bool Stage::settled() const {
    return m_impl->reached && m_impl->inbox.empty() && !m_impl->panel.moving() && m_impl->view->settled() &&
           m_impl->session.lab().jobs().empty() && m_impl->texts.glyphRevision() == m_impl->glyphsShown;
}

} // namespace orrery::ui
