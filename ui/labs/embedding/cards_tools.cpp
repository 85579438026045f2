// SPDX-License-Identifier: GPL-3.0-or-later
// The first card: what the hand does, what is found and selected, and what can be done with it.
#include "ui/labs/embedding/cards.h"
#include "ui/labs/embedding/cards_parts.h"
#include "ui/panels/card.h"

#include <algorithm>

namespace orrery::ui::emb {

namespace {
constexpr double tipAfterSeconds = 0.45;
} // namespace

embedding::Combine combineOf(const std::string& key) {
    return key == "add"      ? embedding::Combine::add
           : key == "remove" ? embedding::Combine::remove
           : key == "common" ? embedding::Combine::common
                             : embedding::Combine::replace;
}

std::optional<embedding::Combine> heldCombine() {
    const ImGuiIO& io = ImGui::GetIO();
    const bool adds = io.KeyCtrl || io.KeyShift;
    if (adds && io.KeyAlt) return embedding::Combine::common;
    if (io.KeyAlt) return embedding::Combine::remove;
    return adds ? std::optional(embedding::Combine::add) : std::nullopt;
}

bool Cards::press(const Look& look, const std::string& name, float width, const std::string& label, const std::string& meaning,
                  const std::string& shortcut, bool brass) {
    const Touch touch = button(look, name.c_str(), width, look.tr(label), brass);
    note(name, touch.low, touch.high);
    if (touch.hovered) m_tip = {look.tr(label), look.tr(meaning), shortcut};
    return touch.changed;
}

void Cards::drawChoice(const Look& look, float width, const Told& told, const std::string& key, bool spots) {
    const lab::Parameter& parameter = *told.settings.declaration().find(key);
    std::vector<lab::Choice> choices = parameter.choices;
    if (key == "axis" && !told.shown.spatial()) choices.pop_back(); // there is no z
    std::vector<std::string> labels;
    int selected = 0, hovered = -1;
    for (std::size_t i = 0; i < choices.size(); ++i) {
        labels.push_back(look.tr(choices[i].label));
        if (choices[i].key == told.settings.text(key)) selected = int(i);
    }
    const Touch touch = segmented(look, key.c_str(), width, labels.size(), labels, selected, hovered);
    // As segmented() shares the width: each as wide as its words, and what is left over in equal parts.
    float sum = 0, x = touch.low.x;
    for (const std::string& label : labels) sum += textWidth(look.fonts.body, label);
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const float wide = textWidth(look.fonts.body, labels[i]) + (width - sum) / float(labels.size());
        note(spots ? choices[i].key : key + " " + choices[i].key, {x, touch.low.y}, {x + wide, touch.high.y});
        x += wide;
    }
    if (hovered >= 0)
        m_tip = {
            look.tr(parameter.label) + ": " + labels[std::size_t(hovered)], look.tr(choices[std::size_t(hovered)].meaning), {}};
    if (touch.changed) m_wishes.set.emplace_back(key, choices[std::size_t(selected)].key);
}

void Cards::drawTools(const Look& look, float width, const Told& told) {
    drawChoice(look, width, told, "tool", true);
    const std::string& tool = told.settings.text("tool");
    ImGui::Dummy({1, look.px(1)});
    if (tool == "axis") {
        drawChoice(look, width, told, "axis", false);
        sentence(look, width, look.tr("Drag from one point to another, or click one and then the other."), look.theme.faint);
    } else if (tool != "move") {
        drawChoice(look, width, told, "combine", false);
    }
    drawFound(look, width, told);
}

void Cards::drawFound(const Look& look, float width, const Told& told) {
    const Shown& shown = told.shown;
    if (!told.searchError.empty()) {
        const ImVec2 low = ImGui::GetCursorScreenPos();
        sentence(look, width, look.tr(told.searchError), look.theme.bad);
        note("search error", low, {low.x + width, ImGui::GetCursorScreenPos().y});
    } else if (shown.found()) {
        std::string text = grouped(std::int64_t(shown.found()->size()));
        if (told.searched < 1) text += "  " + std::to_string(int(100 * told.searched)) + " %";
        pair(look, width, look.tr("found"), text, look.theme.text);
    }
    if (!shown.selection().empty())
        pair(look, width, look.tr("selected"), grouped(std::int64_t(shown.selection().size())), look.theme.brass);
    if (!told.selectionProblem.empty()) {
        const ImVec2 low = ImGui::GetCursorScreenPos();
        sentence(look, width, look.tr(told.selectionProblem), look.theme.bad);
        note("selection problem", low, {low.x + width, ImGui::GetCursorScreenPos().y});
    }
    if (shown.hidden() > 0) pair(look, width, look.tr("not drawn"), grouped(shown.hidden()), look.theme.secondary);
    const bool found = shown.found() && !shown.found()->empty(), any = shown.pickedOut() || !told.selectionProblem.empty();
    if (!any && told.searchError.empty()) return;
    ImGui::Dummy({1, look.px(2)});
    const float gap = look.px(6), third = (width - 2 * gap) / 3;
    if (found &&
        press(look, "select found", width, "Select found", "The rows that were found become the selection, or come to it", "E"))
        m_wishes.selectFound = true, m_wishes.how = heldCombine();
    if (found) ImGui::Dummy({1, look.px(2)});
    const ImVec2 row = ImGui::GetCursorScreenPos();
    const bool isolated = told.settings.flag("isolate");
    if (press(look, "isolate", third, isolated ? "Show all" : "Isolate", "Only what is selected, or found, is drawn", "X",
              isolated))
        m_wishes.set.emplace_back("isolate", !isolated);
    ImGui::SetCursorScreenPos({row.x + third + gap, row.y});
    if (press(look, "invert", third, "Invert", "Every row that is not selected, instead", "I")) m_wishes.invert = true;
    ImGui::SetCursorScreenPos({row.x + 2 * (third + gap), row.y});
    if (press(look, "clear", third, "Clear", "Nothing is selected, found or isolated any more", "Esc")) m_wishes.clear = true;
}

void Cards::drawTip(const Look& look, glm::dvec2 size) {
    const bool same = m_tip == m_tipBefore && !m_tip.title.empty();
    m_tipSeconds = same ? m_tipSeconds + double(ImGui::GetIO().DeltaTime) : 0;
    m_tipBefore = m_tip;
    if (!same || m_tipSeconds < tipAfterSeconds || ImGui::IsAnyItemActive()) return;
    Card card(look);
    card.title(m_tip.title).words(m_tip.text, &look.theme.text);
    if (!m_tip.shortcut.empty()) card.gap().row(look.tr("shortcut"), m_tip.shortcut);
    const float edge = look.px(8), cards = float(size.x) - look.px(cardsWidth + 24); // beside the cards, not over them
    card.drawAt(ImGui::GetForegroundDrawList(), {cards, ImGui::GetIO().MousePos.y}, {edge, edge}, {cards, float(size.y) - edge});
}

} // namespace orrery::ui::emb
