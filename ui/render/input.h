// SPDX-License-Identifier: GPL-3.0-or-later
// Pointer and keys as the viewport gets them, free of Qt. Positions in framebuffer pixels.
#pragma once

#include <glm/glm.hpp>

#include <string>

namespace orrery::ui {

struct Input {
    enum class Kind { move, press, release, wheel, leave, key, keyRelease, text, focusLost };
    enum class Button { none, left, right, middle };
    enum class Key {
        none,
        tab,
        left,
        right,
        up,
        down,
        home,
        end,
        pageUp,
        pageDown,
        del,
        backspace,
        enter,
        escape,
        space,
        a,
        c,
        v,
        x,
        y,
        z
    };
    Kind kind = Kind::move;
    glm::dvec2 px{0, 0};
    Button button = Button::none;
    double wheel = 0; ///< notches, away from the person positive
    Key key = Key::none;
    bool shift = false, control = false, alt = false, doubleClick = false;
    std::string text; ///< UTF-8, finished by the input method
};

} // namespace orrery::ui
