// SPDX-License-Identifier: GPL-3.0-or-later
// A view of several pages: one at a time fills the viewport, and a card says what lies under a resting pointer.
#pragma once

#include "engine/lab/session.h"
#include "ui/panels/look.h"
#include "ui/view.h"

#include <map>
#include <memory>
#include <optional>

namespace orrery::ui {

struct Box { ///< framebuffer pixels
    float left = 0, top = 0, right = 1, bottom = 1;
    float width() const { return right - left; }
    float height() const { return bottom - top; }
    bool holds(glm::dvec2 px) const { return px.x >= left && px.x <= right && px.y >= top && px.y <= bottom; }
    ImVec2 low() const { return {left, top}; }
    ImVec2 high() const { return {right, bottom}; }
};

/// The viewport as the page has it: framebuffer pixels, and logical pixels that others cover.
struct Place {
    glm::dvec2 size{1280, 720};
    float scale = 1;
    float panel = 0; ///< at the left
    float hud = 0;   ///< at the right of the upper edge
    bool operator==(const Place&) const = default;

    float px(float logical) const { return logical * scale; }
    float left() const { return px(panel + 20); } ///< where a page may begin
    float right() const { return float(size.x) - px(20); }
    float bottom() const { return float(size.y) - px(12); }
    float belowHud() const { return px(hud + 28); }
    /// What a page may fill below the HUD and its own head.
    Box room() const { return {left(), px(std::max(hud + 24, 84.f)), right(), float(size.y) - px(14)}; }

    /// The rectangle that a camera must fit so that its part `inner` fills the pixels from `low` to `high`: what panel and HUD
    /// leave free is larger than that.
    Rect around(const Rect& inner, glm::dvec2 low, glm::dvec2 high) const;
};

/// What the place under the pointer means.
struct Told {
    std::string title; ///< already in the person's language
    std::vector<lab::Fact> facts{};
    std::string words{}; ///< a sentence below, already in the person's language
};

class Page {
 public:
    virtual ~Page() = default;
    virtual Rect home(const Place& place) const = 0;
    virtual void draw(ImDrawList* list, const Look& look, const Camera& camera, const Place& place) = 0;
    virtual bool input(const Input& event, const Camera& camera, const Place& place) = 0;
    virtual void click(const Input& /*event*/, const Camera& /*camera*/, const Place& /*place*/) {}
    virtual void settle() {} ///< makes one change of settings of what input() gathered; may throw Error
    virtual void letGo() {}  ///< the pointer is taken away
    virtual std::optional<Told> tell(glm::dvec2, const Look&, const Camera&, const Place&) const { return std::nullopt; }
    virtual bool spot(const std::string& /*name*/, const Place& /*place*/, glm::dvec2& /*low*/, glm::dvec2& /*high*/) const {
        return false;
    }
    virtual std::string emptyHint() const { return {}; }
    virtual bool settled() const { return true; }
    /// Rises when the camera's place has lost its meaning.
    virtual std::uint64_t frameOfReference() const { return 0; }
};

class PagedView : public View {
 public:
    Rect home() const override { return page().home(m_place); }
    void place(glm::dvec2 size, float scale, float panel, float hud) override { m_place = {size, scale, panel, hud}; }
    bool takeRefit() override;
    bool spot(const std::string& name, glm::dvec2& low, glm::dvec2& high) const override;
    void settle() override;
    void prepare(const Frame&) override {}
    void light(const Frame&, Layers&) override {}
    void main(const Frame&, Layers&) override {}
    void overlay(const Frame& frame, const Look& look) override;
    bool input(const Input& event, const Camera& camera) override;
    void click(const Input& event, const Camera& camera) override {
        if (event.button == Input::Button::left) page().click(event, camera, m_place);
    }
    std::string emptyHint() const override { return page().emptyHint(); }
    bool settled() const override { return page().settled(); }

 protected:
    void add(const std::string& name, std::unique_ptr<Page> page) { m_pages[name] = std::move(page); }
    virtual std::string pageName() const = 0; ///< of the page that is shown

 private:
    Page& page() const { return *m_pages.at(pageName()); }
    void drawCard(const Look& look, const Camera& camera, double seconds);

    static constexpr double restSeconds = 0.25; ///< a hand that moves on does not want to read
    std::map<std::string, std::unique_ptr<Page>> m_pages;
    Place m_place;
    std::optional<std::pair<std::string, std::uint64_t>> m_reference; ///< what the camera was fitted to
    glm::dvec2 m_pointer{0, 0};
    bool m_inside = false, m_pressed = false;
    double m_rest = 0;
};

} // namespace orrery::ui
