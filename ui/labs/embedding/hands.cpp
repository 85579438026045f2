// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/embedding/hands.h"

#include <utility>

namespace orrery::ui::emb {

std::optional<Turn> Hands::takeTurned() { return std::exchange(m_turned, std::nullopt); }
std::optional<Hands::Drawn> Hands::takeDrawn() { return std::exchange(m_drawn, std::nullopt); }
std::optional<glm::dvec2> Hands::takeClick() { return std::exchange(m_click, std::nullopt); }
bool Hands::takeEscape() { return std::exchange(m_escape, false); }
Hands::Fit Hands::takeFit() { return std::exchange(m_fit, Fit::none); }

void Hands::letGo() {
    m_drag = Drag::none, m_pressed = false;
    m_outline.clear(), m_turning.reset();
}

bool Hands::press(const Input& event, const std::string& tool, bool spatial, const Turn& turn) {
    m_pressed = true;
    m_from = m_last = event.px, m_moved = false;
    if (event.button != Input::Button::left) return false;
    if (event.doubleClick) {
        m_fit = Fit::all;
        return false;
    }
    if (event.shift || tool == "lasso")
        m_drag = Drag::lasso;
    else if (tool == "box")
        m_drag = Drag::box;
    else if (spatial)
        m_drag = Drag::turn, m_turning = turn;
    m_way = event.alt ? Way::remove : event.control ? Way::add : Way::replace;
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
        case Drag::none:
            break;
    }
    m_last = event.px;
}

bool Hands::release(const Input& event) {
    m_pressed = false;
    const Drag drag = std::exchange(m_drag, Drag::none);
    if (drag == Drag::none) return false;
    if (!m_moved)
        m_click = event.px;
    else if (drag == Drag::turn)
        m_turned = m_turning;
    else if (m_outline.size() >= 3)
        m_drawn = Drawn{std::move(m_outline), m_way};
    m_outline.clear(), m_turning.reset();
    return true;
}

bool Hands::input(const Input& event, const std::string& tool, bool spatial, const Turn& turn, float scale) {
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
            m_escape = true;
            return true;
        case Input::Kind::text:
            if (event.text == "f" || event.text == "F") m_fit = Fit::all;
            return false;
        default:
            return false;
    }
}

} // namespace orrery::ui::emb
