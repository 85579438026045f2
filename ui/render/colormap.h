// SPDX-License-Identifier: GPL-3.0-or-later
// Perceptual colour maps, as tables of 256 colours (viridis, magma: van der Walt and Smith; cividis: Nunez et al. 2018).
#pragma once

#include <glm/glm.hpp>

#include <array>
#include <string>

namespace orrery::ui {

enum class Colormap { magma, viridis, cividis, diverging };
inline constexpr int colormaps = 4;

Colormap colormap(const std::string& name);   ///< throws Error
glm::vec3 colour(Colormap map, double share); ///< share clamped to 0…1, sRGB
const std::array<glm::vec4, 256>& table(Colormap map);

/// How opaque the heat layer shows a share, so that a colour bar can show the same: nothing at the low end (at the
/// zero of a diverging map), everything from `meltShare` on.
float heatOpacity(Colormap map, double share);
inline constexpr double meltShare = 0.2;

} // namespace orrery::ui
