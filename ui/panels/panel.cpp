// SPDX-License-Identifier: GPL-3.0-or-later
// The panel as a whole: window, groups, actions, gestures, keyboard. Its rows are in panel_rows.cpp.
#include "ui/panels/panel.h"

#include "engine/lab/sending.h"
#include "ui/imgui_bridge.h"
#include "ui/panels/actions.h"
#include "ui/panels/numbers.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui {

namespace {

bool anyActs(const lab::Session& session) {
    return std::ranges::any_of(session.declaration().actions,
                               [&](const lab::Action& action) { return session.settings().acts(action); });
}

bool sendable(const lab::Session& session) {
    return std::ranges::any_of(lab::offers(session.lab()), [](const lab::Offer& offer) { return offer.why.empty(); });
}

constexpr float padding = 12, headHeight = 26, rowGap = 6;
constexpr double slideSeconds = 0.15, markSeconds = 3;
constexpr ImGuiWindowFlags bare = ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize | ImGuiWindowFlags_NoMove |
                                  ImGuiWindowFlags_NoCollapse | ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoNav |
                                  ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoScrollbar;

} // namespace

void Panel::draw(const Look& look, lab::Session& session, double seconds) {
    const float wanted = m_shown ? 1.f : 0.f, step = m_reduceMotion ? 1.f : float(seconds / slideSeconds);
    m_open = wanted > m_open ? std::min(wanted, m_open + step) : std::max(wanted, m_open - step);
    m_spots.clear();
    m_order.clear();
    m_hoverBefore = m_hoverKey;
    m_hoverKey.clear();
    m_hoverChoice = -1;
    if (!m_gestureKey.empty() && !ImGui::IsAnyItemActive()) endGesture(session); // its control went away under the hand
    m_revealSeconds = std::max(0., m_revealSeconds - seconds);
    if (m_open <= 0) return drawChip(look);

    const ImVec2 display = ImGui::GetIO().DisplaySize;
    const bool acts = anyActs(session), sends = sendable(session);
    const int rows = int(acts) + int(sends);
    const float footer = rows == 0 ? 0 : look.px(8 + float(rows) * (rowHeight + 2) + float(rows - 1) * rowGap);
    const float room = display.y - look.px(2 * margin);
    const float height = std::max(look.px(48), std::min(room, m_contentHeight + footer + look.px(2 * padding)));
    ImGui::SetNextWindowPos({std::round(look.px(margin) - (1 - m_open) * look.px(margin + width)), look.px(margin)});
    ImGui::SetNextWindowSize({look.px(width), height});
    ImGui::PushFont(look.fonts.body);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {look.px(padding), look.px(padding)});
    ImGui::Begin("parameters", nullptr, bare);
    ImGui::PopStyleVar();
    m_contentWidth = look.px(width - 2 * padding);
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0, 0});
    // The scroll bar lives in the padding, so that rows do not move when it appears.
    ImGui::BeginChild("groups", {m_contentWidth + look.px(padding - 2), height - footer - look.px(2 * padding)}, false,
                      ImGuiWindowFlags_NoNav);
    m_clipLow = ImGui::GetWindowPos();
    m_clipHigh = {m_clipLow.x + ImGui::GetWindowWidth(), m_clipLow.y + ImGui::GetWindowHeight()};
    const float top = ImGui::GetCursorPosY();
    drawGroups(look, session);
    m_contentHeight = ImGui::GetCursorPosY() - top;
    ImGui::EndChild();
    drawActions(look, session);
    if (sends) drawSend(look, acts ? rowGap : 8);
    ImGui::PopStyleVar();
    ImGui::End();
    ImGui::PopFont();
    drawTooltip(look, session, seconds);
}

void Panel::drawChip(const Look& look) {
    ImGui::SetNextWindowPos({look.px(margin), look.px(margin)});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
    const std::string& label = look.tr("Parameters");
    const ImVec2 size(textWidth(look.fonts.body, label) + look.px(64), look.px(28));
    ImGui::SetNextWindowSize(size);
    ImGui::Begin("parameters, folded", nullptr, bare);
    const ImVec2 at = ImGui::GetWindowPos();
    if (ImGui::InvisibleButton("open", size)) m_shown = true;
    const glm::vec4& ink = ImGui::IsItemHovered() ? look.theme.brass : look.theme.secondary;
    drawText(ImGui::GetWindowDrawList(), look.fonts.body, {at.x + look.px(12), at.y + look.px(7)}, toColour(ink), label);
    drawText(ImGui::GetWindowDrawList(), look.fonts.mono, {at.x + size.x - look.px(12), at.y + look.px(7)},
             toColour(look.theme.faint), "Tab", Align::right);
    ImGui::End();
    ImGui::PopStyleVar();
}

bool Panel::drawHead(const Look& look, const std::string& group) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    if (ImGui::InvisibleButton(("group " + group).c_str(), {m_contentWidth, look.px(headHeight)}))
        m_folded.count(group) ? void(m_folded.erase(group)) : void(m_folded.insert(group));
    const bool folded = m_folded.count(group) > 0, lit = ImGui::IsItemHovered();
    ImDrawList* list = ImGui::GetWindowDrawList();
    const ImU32 ink = toColour(lit ? look.theme.text : look.theme.secondary);
    const float y = at.y + (look.px(headHeight) - fontHeight(look.fonts.small)) / 2 - look.px(2);
    const float text = drawSmallCapitals(list, look, {at.x, y}, ink, look.tr(group));
    if (folded || lit) {
        const float x = at.x + text + look.px(10), middle = y + fontHeight(look.fonts.small) / 2, r = look.px(3);
        if (folded)
            list->AddTriangleFilled({x - r / 2, middle - r}, {x + r, middle}, {x - r / 2, middle + r}, ink);
        else
            list->AddTriangleFilled({x - r, middle - r / 2}, {x + r, middle - r / 2}, {x, middle + r}, ink);
    }
    return !folded;
}

void Panel::drawGroups(const Look& look, lab::Session& session) {
    const auto& parameters = session.declaration().parameters;
    std::vector<std::string> groups;
    for (const lab::Parameter& p : parameters)
        if (session.settings().acts(p) && std::find(groups.begin(), groups.end(), p.group) == groups.end())
            groups.push_back(p.group);
    bool first = true;
    for (const std::string& group : groups) {
        if (!first) ImGui::Dummy({1, look.px(6)});
        if (drawHead(look, group)) {
            std::vector<const lab::Parameter*> rows, flags; // flags are gathered, so that two of them can share a row
            for (const lab::Parameter& p : parameters)
                if (p.group == group && session.settings().acts(p)) rows.push_back(&p);
            m_labelWidth = labelColumnOf(look, rows);
            for (const lab::Parameter* p : rows) {
                if (p->type == lab::Type::flag) {
                    flags.push_back(p);
                    continue;
                }
                drawFlags(look, session, flags);
                flags.clear();
                drawRow(look, session, *p);
            }
            drawFlags(look, session, flags);
        }
        if (first) { // the way to fold the whole panel, for a hand on the mouse
            const ImVec2 low = m_clipLow;
            const ImVec2 at(low.x + m_contentWidth - look.px(22), low.y - ImGui::GetScrollY());
            const ImVec2 next = ImGui::GetCursorScreenPos();
            ImGui::SetCursorScreenPos(at);
            if (ImGui::InvisibleButton("fold", {look.px(22), look.px(20)})) m_shown = false;
            const float x = at.x + look.px(14), y = at.y + look.px(10), r = look.px(3.5f);
            const ImU32 ink = toColour(ImGui::IsItemHovered() ? look.theme.brass : look.theme.faint);
            const ImVec2 chevron[] = {{x + r / 2, y - r}, {x - r / 2, y}, {x + r / 2, y + r}};
            ImGui::GetWindowDrawList()->AddPolyline(chevron, 3, ink, 0, look.px(1.5f));
            ImGui::SetCursorScreenPos(next);
        }
        first = false;
    }
}

void Panel::drawActions(const Look& look, lab::Session& session) {
    std::vector<lab::Action> actions = session.declaration().actions;
    std::erase_if(actions, [&](const lab::Action& action) { return !session.settings().acts(action); });
    if (actions.empty()) return;
    ImGui::Dummy({1, look.px(8)});
    // As wide as their words, and what is left over in equal parts.
    const float gap = look.px(6);
    std::vector<float> wide;
    float rest = m_contentWidth - gap * float(actions.size() - 1);
    for (const lab::Action& action : actions) {
        wide.push_back(ImGui::CalcTextSize(look.tr(action.label).c_str()).x);
        rest -= wide.back();
    }
    ImVec2 place = ImGui::GetCursorScreenPos();
    for (std::size_t i = 0; i < actions.size(); ++i) {
        ImGui::SetCursorScreenPos(place);
        const float cell = wide[i] + rest / float(actions.size());
        place.x += cell + gap;
        const Touch touch = button(look, ("action " + actions[i].key).c_str(), cell, look.tr(actions[i].label), i == 0);
        m_spots[actions[i].key] = {touch.low, touch.high, true};
        if (touch.hovered) m_hoverKey = "action " + actions[i].key;
        if (!touch.changed) continue;
        try {
            act(session, actions[i].key);
        } catch (const gpu::DeviceLost&) {
            throw;
        } catch (const Error& error) {
            if (onError) onError(error.what());
        }
    }
}

/// Below the actions, in a row of its own, since its words are long; there only while there is something to send.
void Panel::drawSend(const Look& look, float gap) {
    ImGui::Dummy({1, look.px(gap)});
    const Touch touch = button(look, "send", m_contentWidth, look.tr("Send to Embedding"));
    m_spots["send"] = {touch.low, touch.high, true};
    if (touch.hovered) m_hoverKey = "send";
    if (touch.changed && onSendWanted) onSendWanted();
}

void Panel::follow(const Look& look, lab::Session& session, const lab::Parameter& parameter, const Touch& touch) {
    const float middle = (touch.low.y + touch.high.y) / 2;
    m_spots[parameter.key] = {touch.low, touch.high, middle > m_clipLow.y && middle < m_clipHigh.y};
    m_order.push_back(parameter.key);
    if (touch.hovered) m_hoverKey = parameter.key;
    if (touch.pressed || touch.changed) m_focus = parameter.key;
    if (touch.began && m_gestureKey.empty()) {
        m_gestureKey = parameter.key;
        session.beginGesture();
    }
    if (touch.ended && m_gestureKey == parameter.key) endGesture(session);
    if (touch.toDefault) change(session, parameter.key, parameter.fallback);
    if (m_reveal == parameter.key) {
        ImGui::SetScrollFromPosY(touch.low.y - m_clipLow.y, 0.5f);
        m_reveal.clear();
        m_hoverSeconds = 0;
    }
    if (m_focus == parameter.key && m_revealSeconds > 0)
        ImGui::GetWindowDrawList()->AddRect({touch.low.x - look.px(4), touch.low.y - look.px(2)},
                                            {touch.high.x + look.px(4), touch.high.y + look.px(2)}, toColour(look.theme.brass),
                                            look.px(7), 0, look.px(1.5f));
}

void Panel::change(lab::Session& session, const std::string& key, const lab::Value& value) {
    try {
        if (session.settings().value(key) == value) return;
        session.set(key, value);
    } catch (const gpu::DeviceLost&) {
        throw;
    } catch (const Error& error) {
        endGesture(session); // one dialog for a drag, not one for each of its frames
        bridge::letGo();
        if (onError) onError(error.what());
    }
}

void Panel::endGesture(lab::Session& session) {
    if (m_gestureKey.empty()) return;
    m_gestureKey.clear();
    session.endGesture();
}

bool Panel::key(const Input& event, lab::Session& session) {
    if (event.kind != Input::Kind::key || m_focus.empty() || !m_shown || m_order.empty()) return false;
    const auto at = std::find(m_order.begin(), m_order.end(), m_focus);
    if (at == m_order.end()) return false;
    const lab::Parameter& parameter = *session.declaration().find(m_focus);
    const auto walk = [this](const std::string& key) {
        m_focus = m_reveal = key;
        m_revealSeconds = markSeconds;
        return true;
    };
    switch (event.key) {
        case Input::Key::escape: // a search goes, as by its cross; what always has a value keeps it
            if (parameter.fallback == lab::Value(std::string()) && parameter.type == lab::Type::text)
                change(session, parameter.key, parameter.fallback);
            blur();
            return true;
        case Input::Key::up:
            return walk(at == m_order.begin() ? m_order.back() : *std::prev(at));
        case Input::Key::down:
            return walk(std::next(at) == m_order.end() ? m_order.front() : *std::next(at));
        case Input::Key::left:
        case Input::Key::right:
        case Input::Key::enter:
            break;
        default:
            return false;
    }
    m_revealSeconds = markSeconds;
    const int by = event.key == Input::Key::left ? -1 : 1;
    switch (parameter.type) {
        case lab::Type::flag:
            change(session, parameter.key, !session.settings().flag(parameter.key));
            return true;
        case lab::Type::choice: {
            const auto& choices = parameter.choices;
            std::size_t index = 0;
            while (index < choices.size() && choices[index].key != session.settings().text(parameter.key)) ++index;
            change(session, parameter.key, choices[(index + choices.size() + std::size_t(by)) % choices.size()].key);
            return true;
        }
        case lab::Type::number:
        case lab::Type::integer: {
            const double value = session.settings().number(parameter.key);
            if (event.key == Input::Key::enter)
                m_entry.open(parameter.key, formatValue(parameter, value));
            else
                change(session, parameter.key, toValue(parameter, nudged(parameter, value, by)));
            return true;
        }
        case lab::Type::text:
            if (event.key != Input::Key::enter || !NumberEntry::fits(session.settings().text(parameter.key))) return false;
            m_entry.open(parameter.key, session.settings().text(parameter.key));
            return true;
        default:
            return false;
    }
}

bool Panel::controlRect(const std::string& key, ImVec2& low, ImVec2& high) const {
    const auto found = m_spots.find(key);
    if (found == m_spots.end() || m_open < 1 || !found->second.visible) return false;
    low = found->second.low, high = found->second.high;
    return true;
}

void Panel::reveal(const std::string& key, const lab::Declaration& declaration) {
    const lab::Parameter* parameter = declaration.find(key);
    if (!parameter) return;
    m_shown = true;
    m_folded.erase(parameter->group);
    m_focus = m_reveal = key;
    m_revealSeconds = markSeconds;
}

} // namespace orrery::ui
