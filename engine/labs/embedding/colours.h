// SPDX-License-Identifier: GPL-3.0-or-later
// The colours of a cloud, for the window and for figures.
#pragma once

#include <glm/glm.hpp>

#include <cstddef>
#include <span>
#include <utility>

namespace orrery::embedding {

/// The first seven are Okabe-Ito's, the eighth is grey; from there on hue, lightness and chroma are
/// a hash of the category's number, so that any count of them keeps its colours when others come or go.
glm::vec3 categoryColour(std::size_t category, bool light);

/// Viridis (van der Walt and Smith 2015), for shares from 0 to 1.
glm::vec3 viridis(double share);

/// Where 1 % and 99 % of the finite values lie; of many values a sample.
std::pair<double, double> usualRange(std::span<const float> values);

} // namespace orrery::embedding
