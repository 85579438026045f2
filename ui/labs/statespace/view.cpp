// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/statespace/view.h"

#include "ui/panels/card.h"

namespace orrery::ui {

StatespaceView::StatespaceView(lab::Session& session) : m_lab(dynamic_cast<statespace::StatespaceLab&>(session.lab())) {
    m_pages["memory"] = ssm::makeMemoryPage(session, m_lab);
    m_pages["structure"] = ssm::makeStructurePage(session, m_lab);
    m_pages["kernel"] = ssm::makeKernelPage(session, m_lab);
    m_pages["orders"] = ssm::makeOrdersPage(session, m_lab);
    m_pages["derivation"] = ssm::makeDerivationPage(session, m_lab);
    m_pages["selective"] = ssm::makeSelectivePage(session, m_lab);
    m_pages["board"] = ssm::makeBoardPage(session, m_lab);
    m_pages["traps"] = ssm::makeTrapsPage(session, m_lab);
    m_pages["table"] = ssm::makeTablePage(session, m_lab);
    m_reference = {m_lab.show(), page().frameOfReference()};
}

ssm::Page& StatespaceView::page() const { return *m_pages.at(m_lab.show()); }

/// What lies between the page's edges, so that a fitted camera shows exactly the page's own plot.
Rect StatespaceView::home() const { return page().home(m_place); }

bool StatespaceView::takeRefit() {
    const std::pair<std::string, std::uint64_t> now{m_lab.show(), page().frameOfReference()};
    if (now == m_reference) return false;
    m_reference = now;
    return true;
}

bool StatespaceView::spot(const std::string& name, glm::dvec2& low, glm::dvec2& high) const {
    ssm::Box box;
    if (!page().spot(name, box)) return false;
    low = {box.left, box.top}, high = {box.right, box.bottom};
    return true;
}

void StatespaceView::settle() {
    try {
        for (auto& [show, page] : m_pages) page->settle();
    } catch (...) {
        for (auto& [show, page] : m_pages) page->letGo();
        throw;
    }
}

bool StatespaceView::input(const Input& event, const Camera& camera) {
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

void StatespaceView::drawCard(const Look& look, const Camera& camera, double seconds) {
    if (!m_inside || m_pressed) return;
    m_rest += seconds;
    if (m_rest < restSeconds) return;
    const std::optional<ssm::Told> told = page().tell(m_pointer, look, camera, m_place);
    if (!told) return;
    Card card(look, 340);
    if (!told->title.empty()) card.title(told->title);
    for (const lab::Fact& fact : told->facts) card.row(look.tr(fact.label), fact.text);
    if (!told->words.empty()) card.words(told->words);
    const float edge = look.px(8);
    card.drawAt(ImGui::GetForegroundDrawList(), {float(m_pointer.x), float(m_pointer.y)}, {edge, edge},
                {float(m_place.size.x) - edge, float(m_place.size.y) - edge});
}

void StatespaceView::overlay(const Frame& frame, const Look& look) {
    page().draw(ImGui::GetBackgroundDrawList(), look, frame.camera, m_place);
    drawCard(look, frame.camera, double(ImGui::GetIO().DeltaTime));
}

} // namespace orrery::ui
