// SPDX-License-Identifier: GPL-3.0-or-later
// The precision lab to look at: one page for each choice of `show`, and a card for the place under the pointer.
#pragma once

#include "ui/labs/precision/page.h"
#include "ui/view.h"

#include <map>

namespace orrery::ui {

class PrecisionView : public View {
 public:
    explicit PrecisionView(lab::Session& session);

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

 private:
    std::string pageName() const;
    Page& page() const { return *m_pages.at(pageName()); }
    void drawCard(const Look& look, const Camera& camera, double seconds);

    static constexpr double restSeconds = 0.25; ///< a hand that moves on does not want to read
    lab::Session& m_session;
    precision::PrecisionLab& m_lab;
    std::map<std::string, std::unique_ptr<Page>> m_pages; ///< by choice of `show`, of the training by that of `look`
    Place m_place;
    std::pair<std::string, std::uint64_t> m_reference; ///< what the camera was fitted to
    glm::dvec2 m_pointer{0, 0};
    bool m_inside = false, m_pressed = false;
    double m_rest = 0;
};

} // namespace orrery::ui
