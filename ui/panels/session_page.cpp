// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/session_page.h"

#include <algorithm>

namespace orrery::ui {

void SessionPage::want(const std::string& key, lab::Value value) {
    const auto found = std::find_if(m_wanted.begin(), m_wanted.end(), [&](const auto& w) { return w.first == key; });
    if (found != m_wanted.end())
        found->second = std::move(value);
    else
        m_wanted.emplace_back(key, std::move(value));
}

void SessionPage::beginGesture() {
    if (!m_gesture) m_session.beginGesture();
    m_gesture = true, m_ends = false;
}

void SessionPage::settle() {
    if (!m_wanted.empty()) {
        const auto wanted = std::move(m_wanted);
        m_wanted.clear();
        m_session.set(wanted);
    }
    if (m_seek) {
        m_session.transport().pause();
        m_session.transport().seek(*m_seek);
        m_seek.reset();
    }
    if (m_ends) letGo();
}

void SessionPage::letGo() {
    if (m_gesture) m_session.endGesture();
    m_gesture = m_ends = false;
    m_wanted.clear();
    m_seek.reset();
}

bool SessionPage::spot(const std::string& name, const Place&, glm::dvec2& low, glm::dvec2& high) const {
    Box box;
    if (!spot(name, box)) return false;
    low = {box.left, box.top}, high = {box.right, box.bottom};
    return true;
}

bool SessionPage::spot(const std::string& name, Box& box) const {
    const auto found = m_spots.find(name);
    if (found == m_spots.end()) return false;
    box = found->second;
    return true;
}

void SessionPage::drawChip(ImDrawList* list, const Look& look, const std::string& name, ImVec2 at, const std::string& text,
                           bool on) {
    const float height = look.px(22), wide = textWidth(look.fonts.body, text) + look.px(18);
    const Box box{at.x, at.y, at.x + wide, at.y + height};
    list->AddRectFilled(box.low(), box.high(), toColour(on ? look.theme.brass : look.theme.raised), look.px(7));
    drawText(list, look.fonts.body, {at.x + look.px(9), at.y + (height - fontHeight(look.fonts.body)) / 2},
             toColour(on ? look.theme.ground : look.theme.brass), text);
    note(name, box);
}

} // namespace orrery::ui
