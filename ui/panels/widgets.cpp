// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/widgets.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace orrery::ui {

namespace {

Touch invisible(const char* id, ImVec2 size) {
    Touch touch;
    touch.low = ImGui::GetCursorScreenPos();
    ImGui::InvisibleButton(id, {std::max(1.f, size.x), std::max(1.f, size.y)});
    touch.high = ImGui::GetItemRectMax();
    touch.hovered = ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenBlockedByActiveItem) &&
                    (ImGui::IsItemActive() || !ImGui::IsAnyItemActive());
    touch.toDefault = ImGui::IsItemClicked(ImGuiMouseButton_Right);
    touch.pressed = ImGui::IsItemActivated();
    return touch;
}

float middle(const Touch& touch) { return (touch.low.y + touch.high.y) / 2; }

} // namespace

Touch slider(const Look& look, const char* id, float width, double& share) {
    Touch touch = invisible(id, {width, look.px(rowHeight)});
    const float knob = look.px(5.5f), y = middle(touch);
    const float left = touch.low.x + knob, right = touch.high.x - knob;
    const ImGuiIO& io = ImGui::GetIO();
    const bool active = ImGui::IsItemActive();
    if (ImGui::IsItemActivated()) {
        touch.type = io.KeyCtrl || ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left);
        touch.began = !touch.type;
        // Taken by its knob, it must not jump to the pointer; anywhere else on the track it must.
        const float off = io.MousePos.x - (left + float(share) * (right - left));
        ImGui::GetStateStorage()->SetFloat(ImGui::GetID(id), std::abs(off) <= knob + look.px(2) ? off : 0);
    }
    if (active && !touch.type && !io.KeyCtrl && right > left) {
        const float off = ImGui::GetStateStorage()->GetFloat(ImGui::GetID(id));
        const bool fine = io.KeyShift && !touch.began;
        const bool onKnob = touch.began && off != 0;
        const double moved = fine ? share + 0.1 * double(io.MouseDelta.x) / double(right - left)
                                  : double(io.MousePos.x - off - left) / double(right - left);
        if (((touch.began && !onKnob) || (!touch.began && io.MouseDelta.x != 0)) && moved != share) {
            share = std::clamp(moved, 0., 1.);
            touch.changed = true;
        }
    }
    touch.ended = ImGui::IsItemDeactivated();

    ImDrawList* list = ImGui::GetWindowDrawList();
    const float half = look.px(2), at = left + float(share) * (right - left);
    list->AddRectFilled({touch.low.x, y - half}, {touch.high.x, y + half}, toColour(look.theme.raised), half);
    list->AddRectFilled({touch.low.x, y - half}, {at, y + half}, toColour(look.theme.dimBrass), half);
    if (touch.hovered || active) list->AddCircleFilled({at, y}, knob + look.px(3), toColour(look.theme.brass, 0.2f), 32);
    list->AddCircleFilled({at, y}, knob, toColour(look.theme.brass), 32);
    return touch;
}

std::size_t segmentedColumns(const Look& look, float width, std::size_t rows, std::span<const std::string> labels) {
    float widest = 0;
    for (const std::string& label : labels) widest = std::max(widest, textWidth(look.fonts.body, label));
    // One row of labels of unlike length may fit where equal cells do not; segmented() shares the room by need.
    float sum = 0;
    for (const std::string& label : labels) sum += textWidth(look.fonts.body, label) + look.px(10);
    if (sum <= width) return labels.size();
    for (std::size_t used = 2; used <= rows; ++used) {
        const std::size_t columns = (labels.size() + used - 1) / used;
        if (float(columns) * (widest + look.px(8)) <= width) return columns;
    }
    return 0;
}

Touch segmented(const Look& look, const char* id, float width, std::size_t columns, std::span<const std::string> labels,
                int& selected, int& hoveredItem) {
    const std::size_t rows = (labels.size() + columns - 1) / columns;
    const float height = look.px(rowHeight - 2);
    Touch touch = invisible(id, {width, height * float(rows)});
    touch.toDefault = ImGui::IsItemClicked(ImGuiMouseButton_Right);
    const Theme& theme = look.theme;
    ImDrawList* list = ImGui::GetWindowDrawList();
    list->AddRectFilled(touch.low, touch.high, toColour(theme.raised), look.px(7));
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    hoveredItem = -1;

    std::vector<float> widths(labels.size(), width / float(columns));
    if (rows == 1) {
        float sum = 0;
        for (std::size_t i = 0; i < labels.size(); ++i) sum += widths[i] = textWidth(look.fonts.body, labels[i]);
        for (float& w : widths) w += (width - sum) / float(labels.size());
    }
    float x = touch.low.x;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        if (i % columns == 0) x = touch.low.x;
        const ImVec2 low(x, touch.low.y + float(i / columns) * height), high(x + widths[i], low.y + height);
        x = high.x;
        const bool inside = touch.hovered && mouse.x >= low.x && mouse.x < high.x && mouse.y >= low.y && mouse.y < high.y;
        if (inside) {
            hoveredItem = int(i);
            if (ImGui::IsItemActivated()) {
                touch.changed = selected != int(i);
                selected = int(i);
            }
        }
        const bool on = selected == int(i);
        const float inset = look.px(2);
        if (on)
            list->AddRectFilled({low.x + inset, low.y + inset}, {high.x - inset, high.y - inset}, toColour(theme.brass),
                                look.px(6));
        const glm::vec4& ink = on ? (theme.light ? theme.card : theme.ground) : inside ? theme.text : theme.secondary;
        drawText(list, look.fonts.body, {(low.x + high.x) / 2, (low.y + high.y - fontHeight(look.fonts.body)) / 2}, toColour(ink),
                 labels[i], Align::centre);
    }
    return touch;
}

Touch combo(const Look& look, const char* id, float width, std::span<const std::string> labels, int& selected) {
    Touch touch = invisible(id, {width, look.px(rowHeight - 2)});
    if (ImGui::IsItemActivated()) ImGui::OpenPopup(id);
    ImDrawList* list = ImGui::GetWindowDrawList();
    const Theme& theme = look.theme;
    list->AddRectFilled(touch.low, touch.high, toColour(theme.raised), look.px(7));
    const float top = middle(touch) - fontHeight(look.fonts.body) / 2;
    if (selected >= 0 && std::size_t(selected) < labels.size())
        drawText(list, look.fonts.body, {touch.low.x + look.px(8), top}, toColour(theme.text),
                 clipped(look.fonts.body, labels[std::size_t(selected)], width - look.px(8 + 24)));
    const float x = touch.high.x - look.px(14), y = middle(touch), r = look.px(3.5f);
    list->AddTriangleFilled({x - r, y - r / 2}, {x + r, y - r / 2}, {x, y + r * 0.7f}, toColour(theme.brass));
    ImGui::SetNextWindowPos({touch.low.x, touch.high.y + look.px(4)});
    if (ImGui::BeginPopup(id)) {
        for (std::size_t i = 0; i < labels.size(); ++i)
            if (ImGui::Selectable(labels[i].c_str(), selected == int(i), 0, {width - look.px(24), 0})) {
                touch.changed = selected != int(i);
                selected = int(i);
            }
        ImGui::EndPopup();
    }
    return touch;
}

float toggleWidth(const Look& look, const std::string& label) { return look.px(24 + 8) + textWidth(look.fonts.body, label); }

Touch toggle(const Look& look, const char* id, float width, const std::string& label, bool& on) {
    Touch touch = invisible(id, {width, look.px(rowHeight)});
    if (ImGui::IsItemActivated()) {
        on = !on;
        touch.changed = true;
    }
    ImDrawList* list = ImGui::GetWindowDrawList();
    const Theme& theme = look.theme;
    const float radius = look.px(7), y = middle(touch), left = touch.low.x, right = left + look.px(24);
    list->AddRectFilled({left, y - radius}, {right, y + radius}, toColour(on ? theme.brass : theme.raised), radius);
    const glm::vec4& knob = on ? (theme.light ? theme.card : theme.ground) : theme.secondary;
    list->AddCircleFilled({on ? right - radius : left + radius, y}, radius - look.px(2.5f), toColour(knob), 24);
    drawText(list, look.fonts.body, {right + look.px(8), y - fontHeight(look.fonts.body) / 2},
             toColour(touch.hovered ? theme.text : theme.secondary), label);
    return touch;
}

Touch button(const Look& look, const char* id, float width, const std::string& label, bool brass) {
    Touch touch = invisible(id, {width, look.px(rowHeight + 2)});
    touch.changed = ImGui::IsItemHovered() && ImGui::IsItemDeactivated();
    ImDrawList* list = ImGui::GetWindowDrawList();
    const Theme& theme = look.theme;
    list->AddRectFilled(touch.low, touch.high, toColour(touch.hovered ? theme.line : theme.raised), look.px(7));
    drawText(list, look.fonts.body, {(touch.low.x + touch.high.x) / 2, middle(touch) - fontHeight(look.fonts.body) / 2},
             toColour(brass || touch.hovered ? theme.brass : theme.text), label, Align::centre);
    return touch;
}

Touch dragNumber(const Look& look, const char* id, float width, float height, const std::string& text, double& steps) {
    Touch touch = invisible(id, {width, height});
    const ImGuiIO& io = ImGui::GetIO();
    if (ImGui::IsItemActivated()) {
        touch.type = io.KeyCtrl || ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left);
        touch.began = !touch.type;
    }
    steps = 0;
    if (ImGui::IsItemActive() && !touch.began && io.MouseDelta.x != 0) {
        steps = double(io.MouseDelta.x / look.scale) * (io.KeyShift ? 0.1 : 1);
        touch.changed = true;
    }
    touch.ended = ImGui::IsItemDeactivated();
    const bool lit = touch.hovered || ImGui::IsItemActive();
    ImDrawList* list = ImGui::GetWindowDrawList();
    if (lit) list->AddRectFilled(touch.low, touch.high, toColour(look.theme.raised), look.px(5));
    drawNumber(list, look.fonts.mono, {touch.high.x - look.px(4), middle(touch) - fontHeight(look.fonts.mono) / 2},
               toColour(lit ? look.theme.brass : look.theme.text), text);
    return touch;
}

void NumberEntry::open(const std::string& id, const std::string& text) {
    m_id = id;
    std::strncpy(m_buffer, text.c_str(), sizeof m_buffer - 1);
    m_buffer[sizeof m_buffer - 1] = 0;
    m_focus = true;
}

bool NumberEntry::edit(const Look& look, float width, std::string& text) {
    ImGui::PushFont(look.fonts.mono);
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {look.px(4), look.px(3)});
    ImGui::SetNextItemWidth(width);
    const bool first = m_focus;
    if (m_focus) ImGui::SetKeyboardFocusHere();
    m_focus = false;
    const bool entered = ImGui::InputText(("##entry" + m_id).c_str(), m_buffer, sizeof m_buffer,
                                          ImGuiInputTextFlags_AutoSelectAll | ImGuiInputTextFlags_EnterReturnsTrue);
    const bool left = !first && ImGui::IsItemDeactivated();
    ImGui::PopStyleVar();
    ImGui::PopFont();
    if (!entered && !left) return false;
    // Leaving the field by a click keeps what was typed, Escape restores it: ImGui has put the old text back then.
    text = m_buffer;
    close();
    return true;
}

} // namespace orrery::ui
