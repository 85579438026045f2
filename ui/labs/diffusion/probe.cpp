// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/diffusion/probe.h"

#include "ui/labs/diffusion/grids.h"
#include "ui/panels/card.h"

namespace orrery::ui {

void Probe::pointer(const Input& event) {
    switch (event.kind) {
        case Input::Kind::move:
            m_inside = true;
            if (glm::distance(m_px, event.px) > 2) m_rest = 0;
            m_px = event.px;
            break;
        case Input::Kind::press:
            m_pressed = true, m_rest = 0;
            break;
        case Input::Kind::release:
            m_pressed = false, m_rest = 0;
            break;
        case Input::Kind::leave:
        case Input::Kind::focusLost:
            m_inside = m_pressed = false, m_rest = 0;
            break;
        default:
            m_rest = 0;
            break;
    }
}

void Probe::draw(const Look& look, const Camera& camera, const diffusion::DiffusionLab& lab, ImVec2 size, std::uint64_t moment,
                 double seconds) {
    if (!m_inside || m_pressed) return;
    m_rest += seconds;
    if (m_rest < restSeconds) return;
    const glm::dvec2 data = camera.toData(m_px), standard = toStandard(data, lab.frame());
    if (m_moment != moment || m_known != data) {
        m_facts = lab.inspect(standard.x, standard.y);
        m_trail = lab.nearestTrail(standard.x, standard.y, trailReachPx * look.scale * camera.unitsPerPx() / lab.frame().scale);
        m_moment = moment, m_known = data;
    }
    Card card(look, 320);
    if (m_trail >= 0) card.title(look.tr("particle") + " " + std::to_string(m_trail));
    for (const lab::Fact& fact : m_facts) {
        look.texts.note(fact.text);
        card.row(look.tr(fact.label), fact.text);
    }
    ImDrawList* list = ImGui::GetForegroundDrawList();
    const ImVec2 at(float(m_px.x), float(m_px.y));
    list->AddCircle(at, look.px(5), toColour(look.theme.ground, 0.7f), 0, look.px(3.5f));
    list->AddCircle(at, look.px(5), toColour(look.theme.brass), 0, look.px(1.5f));
    const float edge = look.px(8);
    card.drawAt(list, at, {edge, edge}, {size.x - edge, size.y - edge});
}

} // namespace orrery::ui
