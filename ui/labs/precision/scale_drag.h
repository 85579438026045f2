// SPDX-License-Identifier: GPL-3.0-or-later
// A loss scale that is dragged by the numbers it moves: one gesture, one change of a parameter 2^n for each settle().
#pragma once

#include "engine/lab/session.h"
#include "ui/render/input.h"

namespace orrery::ui {

class ScaleDrag {
 public:
    ScaleDrag(lab::Session& session, const char* key) : m_session(session), m_key(key) {}

    bool active() const { return m_active; }
    bool moved() const { return m_active && m_changed; } ///< since the last settle()
    double wanted() const { return m_wanted; }           ///< exponent, not yet whole nor within its range

    /// `exponent`: what the parameter is; `u`: where the pointer is on the axis of exponents.
    void begin(double exponent, double u);
    /// Of the events after begin(); false where they are none of its business.
    bool input(const Input& event, double u);
    void settle(); ///< may throw Error
    void letGo();

 private:
    lab::Session& m_session;
    const char* m_key;
    bool m_active = false, m_ends = false, m_changed = false;
    double m_grab = 0, m_wanted = 0; ///< m_grab: the exponent less the pointer's place
};

} // namespace orrery::ui
