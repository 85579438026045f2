// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/precision/scale_drag.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui {

void ScaleDrag::begin(double exponent, double u) {
    m_active = true, m_ends = m_changed = false;
    m_grab = exponent - u;
    m_session.beginGesture();
}

bool ScaleDrag::input(const Input& event, double u) {
    switch (event.kind) {
        case Input::Kind::move:
            if (!m_active) return false;
            m_wanted = m_grab + u, m_changed = true;
            return true;
        case Input::Kind::release:
            if (!m_active || event.button != Input::Button::left) return false;
            m_ends = true;
            return true;
        case Input::Kind::focusLost:
            m_ends = m_active;
            return false;
        default:
            return false;
    }
}

void ScaleDrag::settle() {
    if (m_changed) {
        m_changed = false;
        const lab::Parameter& p = *m_session.declaration().find(m_key);
        m_session.set(p.key, std::int64_t(std::lround(std::clamp(m_wanted, p.low, p.high))));
    }
    if (m_ends) letGo();
}

void ScaleDrag::letGo() {
    if (m_active) m_session.endGesture();
    m_active = m_ends = m_changed = false;
}

} // namespace orrery::ui
