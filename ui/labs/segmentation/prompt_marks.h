// SPDX-License-Identifier: GPL-3.0-or-later
// Clicks and boxes over the picture: a plus belongs to its object, a minus does not; those that the clock has not reached are hollow.
#pragma once

#include "ui/labs/segmentation/hands.h"
#include "ui/panels/look.h"

namespace orrery::ui::seg {

glm::vec3 colourOf(int object); ///< of the seven categories, in turn
void drawPrompts(ImDrawList* list, const Look& look, const Camera& camera, const segmentation::SegmentationLab& lab,
                 const Hands& hands, const lab::Points& clicks);

} // namespace orrery::ui::seg
