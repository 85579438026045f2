// SPDX-License-Identifier: GPL-3.0-or-later
// One row of the panel per parameter, by its type, and the card that says what the parameter means.
#include "engine/lab/sending.h"
#include "ui/panels/card.h"
#include "ui/panels/numbers.h"
#include "ui/panels/panel.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace orrery::ui {

namespace {

// A label that is longer than the widest column ends in an ellipsis; its card says all of it.
constexpr float labelColumn = 96, widestLabel = 132, gapToControl = 8, numberColumn = 60, widestNumber = 72, gapToNumber = 8;
constexpr double cardAfterSeconds = 0.45;

std::vector<std::string> choiceLabels(const Look& look, const lab::Parameter& parameter) {
    std::vector<std::string> labels;
    for (const lab::Choice& choice : parameter.choices)
        labels.push_back(look.tr(choice.label.empty() ? choice.key : choice.label));
    return labels;
}

bool hovering(ImVec2 low, ImVec2 high) { return ImGui::IsWindowHovered() && ImGui::IsMouseHoveringRect(low, high); }

} // namespace

/// The column of labels of a group: as wide as its longest asks for, so that its sliders stand in line.
float Panel::labelColumnOf(const Look& look, const std::vector<const lab::Parameter*>& group) const {
    float widest = look.px(labelColumn);
    for (const lab::Parameter* p : group)
        if (p->type != lab::Type::flag && p->type != lab::Type::choice && p->type != lab::Type::points)
            widest = std::max(widest, textWidth(look.fonts.body, look.tr(p->label)) + look.px(gapToControl));
    return std::ceil(std::min(widest, look.px(widestLabel)));
}

void Panel::drawLabel(const Look& look, const lab::Parameter& parameter, bool hovered, float room) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    drawText(ImGui::GetWindowDrawList(), look.fonts.body, {at.x, at.y + (look.px(rowHeight) - fontHeight(look.fonts.body)) / 2},
             toColour(hovered ? look.theme.text : look.theme.secondary),
             clipped(look.fonts.body, look.tr(parameter.label), room - look.px(gapToControl)));
}

void Panel::drawRow(const Look& look, lab::Session& session, const lab::Parameter& parameter) {
    ImGui::PushID(parameter.key.c_str());
    switch (parameter.type) {
        case lab::Type::number:
        case lab::Type::integer:
            drawNumber(look, session, parameter);
            break;
        case lab::Type::choice:
            drawChoice(look, session, parameter);
            break;
        case lab::Type::file:
            drawFile(look, session, parameter);
            break;
        case lab::Type::points:
            drawPoints(look, session, parameter);
            break;
        case lab::Type::text:
            drawLine(look, session, parameter);
            break;
        case lab::Type::flag:
            break; // two to a row: drawFlags
    }
    ImGui::PopID();
}

void Panel::drawNumber(const Look& look, lab::Session& session, const lab::Parameter& parameter) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const ImVec2 end(at.x + m_contentWidth, at.y + look.px(rowHeight));
    const bool hovered = hovering(at, end);
    drawLabel(look, parameter, hovered, m_labelWidth);
    const double value = session.settings().number(parameter.key);
    const float number =
        std::clamp(numberWidth(look.fonts.mono, widestValue(parameter)), look.px(numberColumn), look.px(widestNumber));
    const float width = m_contentWidth - m_labelWidth - number - look.px(gapToNumber);
    ImGui::SetCursorScreenPos({at.x + m_labelWidth, at.y});
    double share = sliderShare(parameter, value);
    Touch touch = slider(look, "slider", width, share);
    if (hovered && !ImGui::IsAnyItemActive()) touch.hovered = true;
    // The number takes part: a click on it types, a right click anywhere in the row brings the default back.
    ImGui::SetCursorScreenPos({end.x - number, at.y});
    if (m_entry.at(parameter.key)) {
        std::string typed;
        if (m_entry.edit(look, number, typed)) {
            const auto wanted = parseNumber(typed);
            if (wanted)
                change(session, parameter.key, toValue(parameter, *wanted));
            else if (onError)
                onError("'" + typed + "' is not a number; " + parameter.label + " was left as it is");
        }
    } else {
        if (ImGui::InvisibleButton("number", {number, look.px(rowHeight)}) || touch.type)
            m_entry.open(parameter.key, formatValue(parameter, value));
        const bool lit = ImGui::IsItemHovered();
        touch.toDefault = touch.toDefault || ImGui::IsItemClicked(ImGuiMouseButton_Right);
        ui::drawNumber(ImGui::GetWindowDrawList(), look.fonts.mono,
                       {end.x, at.y + (look.px(rowHeight) - fontHeight(look.fonts.mono)) / 2},
                       toColour(lit ? look.theme.brass : look.theme.text), formatValue(parameter, value));
    }
    follow(look, session, parameter, touch);
    if (touch.changed) change(session, parameter.key, toValue(parameter, valueAt(parameter, share)));
    ImGui::SetCursorScreenPos({at.x, end.y});
}

void Panel::drawChoice(const Look& look, lab::Session& session, const lab::Parameter& parameter) {
    const std::vector<std::string> labels = choiceLabels(look, parameter);
    int selected = 0, hoveredItem = -1;
    for (std::size_t i = 0; i < parameter.choices.size(); ++i)
        if (parameter.choices[i].key == session.settings().text(parameter.key)) selected = int(i);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    // In line with the group's other controls where that leaves room; else as near to its label as it must be; else below.
    const float own =
        std::max(look.px(labelColumn), textWidth(look.fonts.body, look.tr(parameter.label)) + look.px(gapToControl));
    float label = m_labelWidth;
    std::size_t columns = own > label ? 0 : segmentedColumns(look, m_contentWidth - label, 1, labels);
    if (columns == 0) label = own, columns = segmentedColumns(look, m_contentWidth - label, 1, labels);
    float beside = m_contentWidth - label;
    const bool ownLine = columns == 0;
    if (ownLine) columns = segmentedColumns(look, m_contentWidth, 2, labels);
    const std::size_t rows = columns ? (labels.size() + columns - 1) / columns : 1;
    const bool below = ownLine && columns > 0;
    if (ownLine && !below) label = std::min(own, look.px(widestLabel)), beside = m_contentWidth - label; // a menu
    const float height = look.px(rowHeight) * float(below ? rows + 1 : 1);
    const bool hovered = hovering(at, {at.x + m_contentWidth, at.y + height});
    drawLabel(look, parameter, hovered, below ? m_contentWidth : label);
    ImGui::SetCursorScreenPos(below ? ImVec2(at.x, at.y + look.px(rowHeight)) : ImVec2(at.x + label, at.y + look.px(1)));
    Touch touch = columns ? segmented(look, "choice", below ? m_contentWidth : beside, columns, labels, selected, hoveredItem)
                          : combo(look, "choice", beside, labels, selected);
    touch.hovered = touch.hovered || hovered;
    follow(look, session, parameter, touch);
    if (touch.hovered) m_hoverChoice = hoveredItem;
    if (touch.changed) change(session, parameter.key, parameter.choices[std::size_t(selected)].key);
    ImGui::SetCursorScreenPos({at.x, at.y + height + look.px(below ? 2 : 0)});
}

void Panel::drawFile(const Look& look, lab::Session& session, const lab::Parameter& parameter) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const bool hovered = hovering(at, {at.x + m_contentWidth, at.y + look.px(rowHeight)});
    drawLabel(look, parameter, hovered, m_labelWidth);
    ImGui::SetCursorScreenPos({at.x + m_labelWidth, at.y + look.px(1)});
    const ImVec2 low = ImGui::GetCursorScreenPos();
    const float width = m_contentWidth - m_labelWidth;
    const bool clicked = ImGui::InvisibleButton("file", {width, look.px(rowHeight - 2)});
    Touch touch;
    touch.hovered = hovered, touch.low = low, touch.high = ImGui::GetItemRectMax();
    touch.toDefault = ImGui::IsItemClicked(ImGuiMouseButton_Right);
    ImDrawList* list = ImGui::GetWindowDrawList();
    list->AddRectFilled(low, touch.high, toColour(look.theme.raised), look.px(7));
    const std::string& path = session.settings().text(parameter.key);
    // u8string, because a path is UTF-8 here and not in the system's code page.
    const auto name = std::filesystem::path(std::u8string(path.begin(), path.end())).filename().u8string();
    const std::string text = path.empty() ? look.tr("drop a file or press Ctrl+O") : std::string(name.begin(), name.end());
    look.texts.note(text);
    const float top = low.y + (look.px(rowHeight - 2) - fontHeight(look.fonts.body)) / 2;
    list->PushClipRect(low, {touch.high.x - look.px(6), touch.high.y}, true);
    drawText(list, look.fonts.body, {low.x + look.px(8), top}, toColour(path.empty() ? look.theme.faint : look.theme.brass),
             text);
    list->PopClipRect();
    if (clicked && onFileWanted) onFileWanted(parameter.key);
    follow(look, session, parameter, touch);
    ImGui::SetCursorScreenPos({at.x, at.y + look.px(rowHeight)});
}

void Panel::drawPoints(const Look& look, lab::Session& session, const lab::Parameter& parameter) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const bool hovered = hovering(at, {at.x + m_contentWidth, at.y + look.px(rowHeight)});
    drawLabel(look, parameter, hovered, m_contentWidth);
    ImGui::SetCursorScreenPos({at.x, at.y + look.px(rowHeight)});
    lab::Points points = session.settings().points(parameter.key);
    Touch touch;
    const bool changed = m_table.draw(look, parameter, m_contentWidth, points, m_entry, touch);
    touch.hovered = hovered;
    follow(look, session, parameter, touch);
    if (changed) change(session, parameter.key, points);
}

/// A small cross that takes the text away.
bool Panel::clearCross(const Look& look, ImVec2 low, ImVec2 high, const std::string& key) {
    ImGui::SetCursorScreenPos(low);
    const bool pressed = ImGui::InvisibleButton("clear", {high.x - low.x, high.y - low.y});
    const ImU32 ink = toColour(ImGui::IsItemHovered() ? look.theme.brass : look.theme.faint);
    const ImVec2 middle((low.x + high.x) / 2, (low.y + high.y) / 2);
    const float r = look.px(3.5F);
    for (const float side : {-1.F, 1.F})
        ImGui::GetWindowDrawList()->AddLine({middle.x - r, middle.y - side * r}, {middle.x + r, middle.y + side * r}, ink,
                                            look.px(1.4F));
    m_spots[key + " clear"] = {low, high, middle.y > m_clipLow.y && middle.y < m_clipHigh.y};
    return pressed;
}

/// One line of text: a click on it types, a cross takes it away.
void Panel::drawLine(const Look& look, lab::Session& session, const lab::Parameter& parameter) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const bool hovered = hovering(at, {at.x + m_contentWidth, at.y + look.px(rowHeight)});
    drawLabel(look, parameter, hovered, m_labelWidth);
    const float width = m_contentWidth - m_labelWidth;
    ImGui::SetCursorScreenPos({at.x + m_labelWidth, at.y + look.px(1)});
    Touch touch;
    touch.hovered = hovered, touch.low = ImGui::GetCursorScreenPos();
    touch.high = {touch.low.x + width, touch.low.y + look.px(rowHeight - 2)};
    const std::string text = session.settings().text(parameter.key);
    if (m_entry.at(parameter.key)) {
        std::string typed;
        if (m_entry.edit(look, width, typed))
            change(session, parameter.key, typed.empty() ? parameter.fallback : lab::Value(typed));
    } else {
        const bool clears = !session.settings().isDefault(parameter.key);
        const float cross = clears ? look.px(20) : 0;
        if (ImGui::InvisibleButton("text", {width - cross, look.px(rowHeight - 2)}) && NumberEntry::fits(text))
            m_entry.open(parameter.key, text);
        const bool lit = ImGui::IsItemHovered();
        touch.toDefault = ImGui::IsItemClicked(ImGuiMouseButton_Right);
        touch.pressed = ImGui::IsItemActivated();
        ImDrawList* list = ImGui::GetWindowDrawList();
        list->AddRectFilled(touch.low, touch.high, toColour(look.theme.raised), look.px(7));
        const std::string begin = text.substr(0, 256); // more fits into no row
        look.texts.note(begin);
        drawText(list, look.fonts.mono,
                 {touch.low.x + look.px(8), (touch.low.y + touch.high.y - fontHeight(look.fonts.mono)) / 2},
                 toColour(lit ? look.theme.brass : look.theme.text),
                 clipped(look.fonts.mono, begin, width - cross - look.px(clears ? 10 : 16)));
        if (clears && clearCross(look, {touch.high.x - cross, touch.low.y}, {touch.high.x, touch.high.y}, parameter.key))
            change(session, parameter.key, parameter.fallback);
    }
    follow(look, session, parameter, touch);
    ImGui::SetCursorScreenPos({at.x, at.y + look.px(rowHeight)});
}

void Panel::drawFlags(const Look& look, lab::Session& session, const std::vector<const lab::Parameter*>& flags) {
    const float half = m_contentWidth / 2 - look.px(2);
    std::size_t column = 0;
    ImVec2 at = ImGui::GetCursorScreenPos();
    for (std::size_t i = 0; i < flags.size(); ++i) {
        const lab::Parameter& parameter = *flags[i];
        const std::string& label = look.tr(parameter.label);
        const bool wide = toggleWidth(look, label) > half;
        if (wide && column == 1) at.y += look.px(rowHeight), column = 0;
        ImGui::PushID(parameter.key.c_str());
        ImGui::SetCursorScreenPos({at.x + (column == 1 ? m_contentWidth / 2 + look.px(2) : 0), at.y});
        bool on = session.settings().flag(parameter.key);
        const Touch touch = toggle(look, "flag", wide ? m_contentWidth : half, label, on);
        follow(look, session, parameter, touch);
        if (touch.changed) change(session, parameter.key, on);
        ImGui::PopID();
        column = wide ? 0 : 1 - column;
        if (column == 0) at.y += look.px(rowHeight);
    }
    if (column == 1) at.y += look.px(rowHeight);
    if (!flags.empty()) ImGui::SetCursorScreenPos(at);
}

void Panel::drawTooltip(const Look& look, const lab::Session& session, double seconds) {
    if (m_hoverKey.empty() || m_hoverKey != m_hoverBefore)
        m_hoverSeconds = 0;
    else
        m_hoverSeconds += seconds;
    if (m_hoverKey.empty() || m_hoverSeconds < cardAfterSeconds || ImGui::IsAnyItemActive()) return;
    const lab::Declaration& declaration = session.declaration();
    Card card(look);
    const glm::vec4& faint = look.theme.faint;
    if (const lab::Parameter* p = declaration.find(m_hoverKey)) {
        card.title(look.tr(p->label)).words(look.tr(p->meaning), &look.theme.text);
        if (m_hoverChoice >= 0) {
            const lab::Choice& choice = p->choices[std::size_t(m_hoverChoice)];
            card.gap().words(look.tr(choice.label) + ": " + look.tr(choice.meaning));
        }
        if (!p->formula.empty()) card.gap().mono(p->formula, &look.theme.secondary);
        card.gap();
        const bool number = p->type == lab::Type::number || p->type == lab::Type::integer;
        if (number)
            card.row(look.tr("range"), formatValue(*p, p->low) + " \xE2\x80\xA6 " + formatValue(*p, p->high) +
                                           (p->unit.empty() ? "" : " " + p->unit));
        if (number)
            card.row(look.tr("default"),
                     formatValue(*p, std::holds_alternative<double>(p->fallback) ? std::get<double>(p->fallback)
                                                                                 : double(std::get<std::int64_t>(p->fallback))));
        card.row(look.tr("key"), p->key);
        if (p->applies == lab::Applies::reset)
            card.gap().words(look.tr("A change runs everything again up to this moment."), &faint);
        if (number) card.words(look.tr("Click the number to type; right click for the default."), &faint);
        if (p->type == lab::Type::text) card.words(look.tr("Click to type; the cross takes the text away."), &faint);
    } else if (m_hoverKey == "send") {
        card.title(look.tr("Send to Embedding"))
            .words(look.tr("Rows of this lab become a cloud in the embedding lab"), &look.theme.text);
        for (const lab::Offer& offer : lab::offers(session.lab())) {
            const auto output = std::ranges::find(declaration.outputs, offer.output, &lab::Output::key);
            card.gap().words(look.tr(output->meaning));
            offer.why.empty() ? card.mono(std::to_string(offer.rows) + " x " + std::to_string(offer.dims), &faint)
                              : card.words(look.tr(offer.why), &faint);
        }
    } else {
        for (const lab::Action& action : declaration.actions)
            if (m_hoverKey == "action " + action.key) {
                card.title(look.tr(action.label)).words(look.tr(action.meaning), &look.theme.text);
                if (!action.shortcut.empty()) card.gap().row(look.tr("shortcut"), action.shortcut);
            }
    }
    if (card.empty()) return;
    const ImVec2 display = ImGui::GetIO().DisplaySize, mouse = ImGui::GetIO().MousePos;
    const float edge = look.px(8);
    // Beside the panel, so that it never hides the control it explains.
    card.drawAt(ImGui::GetForegroundDrawList(), {look.px(margin + width) - look.px(10), mouse.y}, {edge, edge},
                {display.x - edge, display.y - edge});
}

} // namespace orrery::ui
