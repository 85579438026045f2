// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/card.h"

#include "ui/imgui_bridge.h"

#include <algorithm>

namespace orrery::ui {

namespace {
constexpr float padding = 12, columnGap = 16, dotRoom = 14, gapHeight = 6;
} // namespace

Card::Card(const Look& look, float wrapAt) : m_look(look), m_wrap(look.px(wrapAt)) {}

Card& Card::title(const std::string& text) {
    m_lines.push_back({m_look.fonts.body, m_look.theme.brass, text, {}, true});
    return *this;
}

Card& Card::words(const std::string& text, const glm::vec4* colour) {
    if (!text.empty()) m_lines.push_back({m_look.fonts.body, colour ? *colour : m_look.theme.secondary, text, {}, true});
    return *this;
}

Card& Card::mono(const std::string& text, const glm::vec4* colour) {
    if (!text.empty()) m_lines.push_back({m_look.fonts.mono, colour ? *colour : m_look.theme.text, text, {}, true});
    return *this;
}

Card& Card::row(const std::string& label, const std::string& value, const glm::vec4* dot) {
    Line line{m_look.fonts.body, m_look.theme.secondary, label, value};
    if (dot) line.dotted = true, line.dot = *dot;
    m_lines.push_back(std::move(line));
    return *this;
}

Card& Card::gap() {
    if (!m_lines.empty()) m_lines.push_back({nullptr, {}, {}, {}});
    return *this;
}

float Card::height(const Line& line) const {
    if (!line.font) return m_look.px(gapHeight);
    const float lineHeight = fontHeight(line.font) + m_look.px(4);
    if (!line.wrapped) return lineHeight;
    const char* text = line.text.c_str();
    return bridge::textSize(line.font, text, text + line.text.size(), m_wrap).y + m_look.px(4);
}

ImVec2 Card::size() const {
    float width = 0, labels = 0, values = 0, tall = 0;
    for (const Line& line : m_lines) {
        tall += height(line);
        if (!line.font) continue;
        if (line.wrapped) {
            const char* text = line.text.c_str();
            width = std::max(width, bridge::textSize(line.font, text, text + line.text.size(), m_wrap).x);
        } else {
            labels = std::max(labels, textWidth(line.font, line.text) + (line.dotted ? m_look.px(dotRoom) : 0));
            values = std::max(values, textWidth(m_look.fonts.mono, line.value));
        }
    }
    if (labels > 0) width = std::max(width, labels + values + m_look.px(columnGap));
    return {width + 2 * m_look.px(padding), tall + 2 * m_look.px(padding) - m_look.px(6)};
}

void Card::drawAt(ImDrawList* list, ImVec2 anchor, ImVec2 low, ImVec2 high) const {
    const ImVec2 card = size();
    const float away = m_look.px(18);
    ImVec2 at(anchor.x + away, anchor.y - m_look.px(10));
    if (at.x + card.x > high.x) at.x = anchor.x - away - card.x;
    at.x = std::max(low.x, std::min(at.x, high.x - card.x));
    at.y = std::max(low.y, std::min(at.y, high.y - card.y));
    draw(list, at);
}

void Card::draw(ImDrawList* list, ImVec2 at) const {
    if (m_lines.empty()) return;
    const ImVec2 card = size();
    const Theme& theme = m_look.theme;
    list->AddRectFilled(at, {at.x + card.x, at.y + card.y}, toColour(theme.card, 0.96f), m_look.px(8));
    list->AddRect(at, {at.x + card.x, at.y + card.y}, toColour(theme.line), m_look.px(8));
    const float left = at.x + m_look.px(padding), right = at.x + card.x - m_look.px(padding);
    float y = at.y + m_look.px(padding) - m_look.px(1);
    for (const Line& line : m_lines) {
        if (line.font) {
            float x = left;
            if (line.dotted) {
                list->AddCircleFilled({x + m_look.px(4), y + fontHeight(line.font) / 2}, m_look.px(3.5f), toColour(line.dot));
                x += m_look.px(dotRoom);
            }
            const char* text = line.text.c_str();
            list->AddText(line.font, fontHeight(line.font), {x, y}, toColour(line.colour), text, text + line.text.size(),
                          line.wrapped ? m_wrap : 0);
            if (!line.value.empty())
                drawText(list, m_look.fonts.mono, {right, y}, toColour(theme.text), line.value, Align::right);
        }
        y += height(line);
    }
}

} // namespace orrery::ui
