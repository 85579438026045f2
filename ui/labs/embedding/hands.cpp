// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/embedding/hands.h"

#include <cctype>
#include <utility>

namespace orrery::ui::emb {

std::optional<Turn> Hands::takeTurned() { return std::exchange(m_turned, std::nullopt); }
std::optional<Hands::Drawn> Hands::takeDrawn() { return std::exchange(m_drawn, std::nullopt); }
std::optional<glm::dvec2> Hands::takeClick() { return std::exchange(m_click, std::nullopt); }
std::optional<Hands::Stroke> Hands::takeStroke() { return std::exchange(m_stroke, std::nullopt); }
char Hands::takeLetter() { return std::exchange(m_letter, '\0'); }
bool Hands::takeEscape() { return std::exchange(m_escape, false); }
Hands::Fit Hands::takeFit() { return std::exchange(m_fit, Fit::none); }

void Hands::letGo() {
    m_drag = Drag::none, m_pressed = false;
    m_outline.clear(), m_turning.reset(), m_axisFrom.reset();
}

std::optional<Hands::Stroke> Hands::stroke() const {
    if (m_drag == Drag::axis && m_moved) return Stroke{m_from, m_last};
    return m_axisFrom && m_pointer ? std::optional(Stroke{*m_axisFrom, *m_pointer}) : std::nullopt;
}

namespace {

/// Shift and Ctrl add, Alt takes away, both together keep what is common. A hand that moves needs its Shift for drawing at all.
embedding::Combine combineOf(const Input& event, const Hands::Tool& tool) {
    const bool adds = event.control || (event.shift && tool.key != "move");
    if (adds && event.alt) return embedding::Combine::common;
    return event.alt ? embedding::Combine::remove : adds ? embedding::Combine::add : tool.how;
}

} // namespace

bool Hands::press(const Input& event, const Tool& tool, bool spatial, const Turn& turn) {
    m_pressed = true;
    m_from = m_last = event.px, m_moved = false;
    if (event.button != Input::Button::left) return false;
    if (event.doubleClick) {
        m_fit = Fit::all;
        return false;
    }
    if (tool.key == "axis")
        m_drag = Drag::axis;
    else if (tool.key == "box")
        m_drag = Drag::box;
    else if (event.shift || tool.key == "lasso")
        m_drag = Drag::lasso;
    else if (spatial)
        m_drag = Drag::turn, m_turning = turn;
    m_how = combineOf(event, tool);
    return m_drag != Drag::none;
}

void Hands::move(const Input& event, float scale) {
    m_moved = m_moved || glm::distance(event.px, m_from) > stillPx * double(scale);
    switch (m_drag) {
        case Drag::turn:
            m_turning->drag(event.px - m_last, degreesPerPx / double(scale));
            break;
        case Drag::box:
            m_outline = {m_from, {event.px.x, m_from.y}, event.px, {m_from.x, event.px.y}};
            break;
        case Drag::lasso:
            if (m_outline.empty()) m_outline.push_back(m_from);
            if (glm::distance(m_outline.back(), event.px) >= lassoEveryPx * double(scale)) m_outline.push_back(event.px);
            break;
        case Drag::axis:
        case Drag::none:
            break;
    }
    m_last = event.px;
}

bool Hands::release(const Input& event) {
    m_pressed = false;
    const Drag drag = std::exchange(m_drag, Drag::none);
    if (drag == Drag::none) return false;
    if (drag == Drag::axis && m_moved)
        m_stroke = Stroke{m_from, event.px}, m_axisFrom.reset();
    else if (drag == Drag::axis && m_axisFrom)
        m_stroke = Stroke{*m_axisFrom, event.px}, m_axisFrom.reset();
    else if (drag == Drag::axis)
        m_axisFrom = event.px;
    else if (!m_moved)
        m_click = event.px;
    else if (drag == Drag::turn)
        m_turned = m_turning;
    else if (m_outline.size() >= 3)
        m_drawn = Drawn{std::move(m_outline), m_how};
    m_outline.clear(), m_turning.reset();
    return true;
}

bool Hands::input(const Input& event, const Tool& tool, bool spatial, const Turn& turn, float scale) {
    switch (event.kind) {
        case Input::Kind::press:
            m_pointer = event.px;
            return press(event, tool, spatial, turn);
        case Input::Kind::move:
            m_pointer = event.px;
            move(event, scale);
            return m_drag != Drag::none;
        case Input::Kind::release:
            return release(event);
        case Input::Kind::leave:
            m_pointer.reset();
            m_pressed = m_drag != Drag::none;
            return false;
        case Input::Kind::focusLost:
            m_pointer.reset();
            letGo();
            return false;
        case Input::Kind::key:
            if (event.key == Input::Key::home) m_fit = Fit::turned;
            if (event.key != Input::Key::escape) return false;
            if (!std::exchange(m_axisFrom, std::nullopt)) m_escape = true;
            return true;
        case Input::Kind::text:
            if (event.text.size() != 1) return false;
            m_letter = char(std::tolower(std::uint8_t(event.text[0])));
            if (m_letter == 'f') m_fit = Fit::all;
            return false;
        default:
            return false;
    }
}

} // namespace orrery::ui::emb
