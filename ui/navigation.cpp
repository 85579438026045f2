// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/navigation.h"

#include <cmath>
#include <utility>

namespace orrery::ui {

bool Navigation::claims(const Input& event) const {
    if (event.kind != Input::Kind::press) return false;
    return event.button == Input::Button::right || event.button == Input::Button::middle ||
           (event.button == Input::Button::left && m_space);
}

bool Navigation::input(const Input& event, Camera& camera) {
    switch (event.kind) {
        case Input::Kind::press:
            if (event.doubleClick && event.button == Input::Button::left) m_fit = true;
            m_button = event.button, m_last = event.px;
            return true;
        case Input::Kind::move:
            if (!dragging()) return false;
            if (event.px != m_last) camera.pan(event.px - m_last), m_moved = true;
            m_last = event.px;
            return true;
        case Input::Kind::release:
            if (event.button != m_button || !dragging()) return false;
            m_button = Input::Button::none;
            return true;
        case Input::Kind::wheel:
            if (event.wheel == 0) return false;
            camera.zoomAt(event.px, std::pow(zoomPerNotch, event.wheel));
            m_moved = true;
            return true;
        case Input::Kind::key:
            if (event.key == Input::Key::space) return m_space = true;
            if (event.key == Input::Key::home) return m_fit = true;
            return false;
        case Input::Kind::keyRelease:
            if (event.key == Input::Key::space) m_space = false;
            return false;
        case Input::Kind::text:
            if (event.text == "f" || event.text == "F") return m_fit = true;
            return false;
        case Input::Kind::focusLost:
            cancel();
            return false;
        case Input::Kind::leave:
            return false;
    }
    return false;
}

void Navigation::cancel() {
    m_button = Input::Button::none;
    m_space = false;
}

bool Navigation::takeFit() { return std::exchange(m_fit, false); }
bool Navigation::takeMoved() { return std::exchange(m_moved, false); }

} // namespace orrery::ui
