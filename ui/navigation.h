// SPDX-License-Identifier: GPL-3.0-or-later
// The hand on the camera: drag to pan, wheel to zoom at the cursor, double click, F or Home to fit.
#pragma once

#include "ui/render/camera.h"
#include "ui/render/input.h"

namespace orrery::ui {

class Navigation {
 public:
    /// A press that pans whatever the view does with the left button: right, middle, or left with Space held.
    bool claims(const Input& event) const;
    /// True when the event moved the camera or began to.
    bool input(const Input& event, Camera& camera);
    void cancel();

    bool dragging() const { return m_button != Input::Button::none; }
    bool takeFit(); ///< asked for since the last call
    bool takeMoved();

 private:
    static constexpr double zoomPerNotch = 1.2;
    Input::Button m_button = Input::Button::none;
    glm::dvec2 m_last{0, 0};
    bool m_space = false, m_fit = false, m_moved = false;
};

} // namespace orrery::ui
