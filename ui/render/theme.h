// SPDX-License-Identifier: GPL-3.0-or-later
// Colours and sizes of what is drawn inside the viewport. The shell takes its own from the same table.
#pragma once

#include <glm/glm.hpp>

#include <array>

namespace orrery::ui {

struct Theme {
    bool light = false;
    glm::vec4 ground, dock, card, raised, line, text, secondary, faint, brass, dimBrass, ok, bad, info; ///< sRGB, 0…1
};

const Theme& darkTheme();
const Theme& lightTheme();

/// Okabe-Ito: categories that every kind of colour vision can tell apart.
extern const std::array<glm::vec3, 7> categories;

} // namespace orrery::ui
