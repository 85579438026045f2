// SPDX-License-Identifier: GPL-3.0-or-later
// What the directions of the picture are, at its lower left: axes with names where they have a meaning, turning with the cloud;
// otherwise only a length, since t-SNE and UMAP know no directions.
#pragma once

#include "engine/labs/embedding/problem.h"
#include "ui/labs/embedding/sight.h"
#include "ui/panels/look.h"

namespace orrery::ui::emb {

/// Names of the axes, empty where they have none: "component 2 · 8.4 %".
std::array<std::string, 3> axisNames(const embedding::Problem& problem, const Look& look);
void drawAxesMark(ImDrawList* list, const Look& look, const Sight& sight, double pxPerUnit, ImVec2 corner,
                  const std::array<std::string, 3>& names);

void arrow(ImDrawList* list, const Look& look, glm::dvec2 from, glm::dvec2 to, ImU32 colour); ///< pixels

} // namespace orrery::ui::emb
