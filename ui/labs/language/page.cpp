// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/language/page.h"

#include "ui/panels/numbers.h"

#include <algorithm>

namespace orrery::ui::lang {

bool Page::spot(const std::string& name, const Place&, glm::dvec2& low, glm::dvec2& high) const {
    Box box;
    if (!spot(name, box)) return false;
    low = {box.left, box.top}, high = {box.right, box.bottom};
    return true;
}

bool Page::spot(const std::string& name, Box& box) const {
    const auto found = m_spots.find(name);
    if (found == m_spots.end()) return false;
    box = found->second;
    return true;
}

std::string Page::spotAt(glm::dvec2 px, const std::string& prefix) const {
    for (auto it = m_spots.lower_bound(prefix); it != m_spots.end() && it->first.starts_with(prefix); ++it)
        if (it->second.holds(px)) return it->first.substr(prefix.size());
    return {};
}

Box Page::drawHead(ImDrawList* list, const Look& look, const Place& place, const std::string& title, const std::string& line) {
    const Box room = place.room();
    const float width = room.width() - (place.hud > 0 ? look.px(420) : 0); // the HUD of this lab has long lines
    drawText(list, look.fonts.title, {room.left, look.px(18)}, toColour(look.theme.text),
             clipped(look.fonts.title, title, width));
    look.texts.note(line);
    if (width > look.px(220)) drawWords(list, look, {room.left, look.px(45)}, width, look.theme.secondary, line);
    return room;
}

float Page::drawChip(ImDrawList* list, const Look& look, const std::string& name, ImVec2 at, const std::string& text, bool on,
                     bool small) {
    const ImFont* font = small ? look.fonts.small : look.fonts.body;
    const float height = look.px(small ? 19 : 22), wide = textWidth(font, text) + look.px(small ? 12 : 18);
    const Box box{at.x, at.y, at.x + wide, at.y + height};
    list->AddRectFilled(box.low(), box.high(), toColour(on ? look.theme.brass : look.theme.raised), look.px(7));
    drawText(list, font, {at.x + look.px(small ? 6 : 9), at.y + (height - fontHeight(font)) / 2},
             toColour(on ? look.theme.ground : look.theme.brass), text);
    note(name, box);
    return box.right;
}

namespace {

/// Enough against both grounds: the set's own colours are made for white paper or black.
glm::vec4 fitted(const Look& look, glm::vec4 colour) {
    return look.theme.light ? glm::vec4(glm::vec3(colour) * 0.82f, 1) : colour;
}

} // namespace

glm::vec4 keptColour(const Look& look) { return look.theme.light ? categoryColour(look, 2) : glm::vec4(0.16f, 0.74f, 0.57f, 1); }
glm::vec4 refusedColour(const Look& look) { return fitted(look, {0.91f, 0.45f, 0.13f, 1}); }
glm::vec4 residualColour(const Look& look) { return fitted(look, categoryColour(look, 1)); }
glm::vec4 bonusColour(const Look& look) { return fitted(look, categoryColour(look, 6)); }

glm::vec4 levelColour(const Look& look, double p) {
    // Both ends of the map would vanish: its dark one on the dark ground, its yellow one on paper.
    const double share = std::clamp(p, 0., 1.);
    return {colour(Colormap::viridis, look.theme.light ? 0.88 * share : 0.15 + 0.85 * share), 1};
}

void drawVerdict(ImDrawList* list, const Look& look, ImVec2 middle, bool holds) {
    list->AddCircleFilled(middle, look.px(6), toColour(holds ? look.theme.ok : look.theme.bad), 20);
    const ImU32 ink = toColour(look.theme.ground);
    const float r = look.px(2.6f), w = look.px(1.5f);
    if (holds) {
        list->AddLine({middle.x - r, middle.y}, {middle.x - r * 0.2f, middle.y + r * 0.8f}, ink, w);
        list->AddLine({middle.x - r * 0.2f, middle.y + r * 0.8f}, {middle.x + r, middle.y - r * 0.8f}, ink, w);
    } else {
        list->AddLine({middle.x - r, middle.y - r}, {middle.x + r, middle.y + r}, ink, w);
        list->AddLine({middle.x - r, middle.y + r}, {middle.x + r, middle.y - r}, ink, w);
    }
}

std::string shortNumber(double p) {
    if (p >= 0.9995) return "1.00";
    if (p > 0 && p < 0.0005) return "<.001";
    return formatFixed(p, 3).substr(1);
}

std::string ruleName(const Look& look, Rule rule) { return look.tr(language::text(rule).name); }

std::string ruleFormula(Rule rule) {
    switch (rule) {
        case Rule::greedy:
            return "x = argmax p";
        case Rule::iid:
            return "u < min(1, p/q);  p \xE2\x86\x90 norm (p \xE2\x88\x92 q)\xE2\x82\x8A";
        case Rule::withoutReplacement:
            return "u < min(1, p/q);  p \xE2\x86\x90 norm (p \xE2\x88\x92 q)\xE2\x82\x8A,  q(x) \xE2\x86\x90 0";
        case Rule::topK:
            return "u < p(x);  p(x) \xE2\x86\x90 0";
        case Rule::coupled:
            return "y ~ p;  x = y";
        case Rule::typical:
            return "p(x) > min(\xCE\xB5, \xCE\xB4 e^\xE2\x88\x92H(p))";
        case Rule::ratioOnTopK:
            return "u < min(1, p/q),  x = top q";
        case Rule::iidResidual:
            return "u < min(1, p/q);  p \xE2\x86\x90 norm (p \xE2\x88\x92 q)\xE2\x82\x8A,  q";
        case Rule::alignedResidual:
            return "p[i] \xE2\x86\x90 norm (p[i] \xE2\x88\x92 q[i])\xE2\x82\x8A";
    }
    return {};
}

} // namespace orrery::ui::lang
