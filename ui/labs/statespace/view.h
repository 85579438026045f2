// SPDX-License-Identifier: GPL-3.0-or-later
// The state-space lab to look at: one page for each choice of `show`, and a card for the place under the pointer.
#pragma once

#include "ui/labs/statespace/page.h"
#include "ui/view.h"

namespace orrery::ui {

class StatespaceView : public View {
 public:
    explicit StatespaceView(lab::Session& session);

    Rect home() const override;
    void place(glm::dvec2 size, float scale, float panel, float hud) override { m_place = {size, scale, panel, hud}; }
    bool takeRefit() override;
    bool spot(const std::string& name, glm::dvec2& low, glm::dvec2& high) const override;
    void settle() override;
    void prepare(const Frame&) override {}
    void light(const Frame&, Layers&) override {}
    void main(const Frame&, Layers&) override {}
    void overlay(const Frame& frame, const Look& look) override;
    bool input(const Input& event, const Camera& camera) override;
    std::string emptyHint() const override { return page().emptyHint(); }
    bool settled() const override { return page().settled(); }

 private:
    ssm::Page& page() const;
    void drawCard(const Look& look, const Camera& camera, double seconds);

    static constexpr double restSeconds = 0.25; ///< a hand that moves on does not want to read
    statespace::StatespaceLab& m_lab;
    std::map<std::string, std::unique_ptr<ssm::Page>> m_pages; ///< by choice of `show`
    ssm::Place m_place;
    std::pair<std::string, std::uint64_t> m_reference; ///< what the camera was fitted to
    glm::dvec2 m_pointer{0, 0};
    bool m_inside = false, m_pressed = false;
    double m_rest = 0;
};

} // namespace orrery::ui
