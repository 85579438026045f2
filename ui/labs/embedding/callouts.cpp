// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/embedding/callouts.h"

#include <array>

namespace orrery::ui::emb {

bool Callouts::free(ImVec2 low, ImVec2 high) const {
    for (const auto& [a, b] : m_taken)
        if (low.x < b.x && high.x > a.x && low.y < b.y && high.y > a.y) return false;
    return true;
}

void Callouts::add(ImVec2 point, const std::string& text, const glm::vec4& colour) {
    const float width = textWidth(m_look.fonts.body, text) + m_look.px(6), tall = fontHeight(m_look.fonts.body);
    const float near = m_look.px(9);
    for (const float away : {0.F, m_look.px(18), m_look.px(40), m_look.px(66), m_look.px(95)}) {
        const std::array<ImVec2, 6> corners = {{{point.x + near + away, point.y - tall / 2},
                                                {point.x - near - away - width, point.y - tall / 2},
                                                {point.x + near + away * 0.7F, point.y - tall / 2 - away * 0.8F},
                                                {point.x + near + away * 0.7F, point.y - tall / 2 + away * 0.8F},
                                                {point.x - near - away * 0.7F - width, point.y - tall / 2 - away * 0.8F},
                                                {point.x - near - away * 0.7F - width, point.y - tall / 2 + away * 0.8F}}};
        for (const ImVec2& low : corners) {
            const ImVec2 high(low.x + width, low.y + tall);
            if (!free(low, high)) continue;
            m_taken.emplace_back(low, high);
            m_look.texts.note(text);
            if (away > 0) {
                const float side = low.x > point.x ? low.x : high.x;
                m_list->AddLine(point, {side, (low.y + high.y) / 2}, toColour(colour, 0.5F), m_look.px(1));
            }
            m_list->AddRectFilled(low, high, toColour(m_look.theme.ground, 0.8F), m_look.px(4));
            drawText(m_list, m_look.fonts.body, {low.x + m_look.px(3), low.y}, toColour(colour), text);
            return;
        }
    }
}

} // namespace orrery::ui::emb
