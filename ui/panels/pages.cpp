// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/pages.h"

#include "ui/panels/card.h"

namespace orrery::ui {

Rect Place::around(const Rect& inner, glm::dvec2 low, glm::dvec2 high) const {
    const glm::dvec2 perPx = (inner.high - inner.low) / glm::max(high - low, glm::dvec2(1));
    const glm::dvec2 freeLow(panel * scale, hud * scale), freeHigh = size; // y downwards
    return {{inner.low.x - (low.x - freeLow.x) * perPx.x, inner.low.y - (freeHigh.y - high.y) * perPx.y},
            {inner.high.x + (freeHigh.x - high.x) * perPx.x, inner.high.y + (low.y - freeLow.y) * perPx.y}};
}

/// The first call is about what the camera is fitted to already.
bool PagedView::takeRefit() {
    const std::pair<std::string, std::uint64_t> now{pageName(), page().frameOfReference()};
    const bool refit = m_reference && now != *m_reference;
    m_reference = now;
    return refit;
}

bool PagedView::spot(const std::string& name, glm::dvec2& low, glm::dvec2& high) const {
    return page().spot(name, m_place, low, high);
}

void PagedView::settle() {
    try {
        for (auto& [show, page] : m_pages) page->settle();
    } catch (...) {
        for (auto& [show, page] : m_pages) page->letGo();
        throw;
    }
}

bool PagedView::input(const Input& event, const Camera& camera) {
    m_rest = 0;
    switch (event.kind) {
        case Input::Kind::move:
            m_inside = true, m_pointer = event.px;
            break;
        case Input::Kind::press:
            m_pressed = true, m_pointer = event.px;
            break;
        case Input::Kind::release:
            m_pressed = false;
            break;
        case Input::Kind::leave:
        case Input::Kind::focusLost:
            m_inside = m_pressed = false;
            break;
        default:
            break;
    }
    return page().input(event, camera, m_place);
}

void PagedView::drawCard(const Look& look, const Camera& camera, double seconds) {
    if (!m_inside || m_pressed) return;
    m_rest += seconds;
    if (m_rest < restSeconds) return;
    const std::optional<Told> told = page().tell(m_pointer, look, camera, m_place);
    if (!told) return;
    Card card(look, 340);
    if (!told->title.empty()) card.title(told->title);
    for (const lab::Fact& fact : told->facts) {
        const std::string& text = look.tr(fact.text);
        look.texts.note(text);
        card.row(look.tr(fact.label), text);
    }
    if (!told->words.empty()) card.words(told->words);
    const float edge = look.px(8);
    card.drawAt(ImGui::GetForegroundDrawList(), {float(m_pointer.x), float(m_pointer.y)}, {edge, edge},
                {float(m_place.size.x) - edge, float(m_place.size.y) - edge});
}

void PagedView::overlay(const Frame& frame, const Look& look) {
    page().draw(ImGui::GetBackgroundDrawList(), look, frame.camera, m_place);
    drawCard(look, frame.camera, double(ImGui::GetIO().DeltaTime));
}

} // namespace orrery::ui
