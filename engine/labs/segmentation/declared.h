// SPDX-License-Identifier: GPL-3.0-or-later
// The parameters of the segmentation lab's declaration, in two parts.
#pragma once

#include "engine/lab/declaration.h"

namespace orrery::segmentation {

std::vector<lab::Parameter> askedParameters(); ///< picture, model, prompts
std::vector<lab::Output> sentOutputs();        ///< what the embedding lab takes
std::vector<lab::Parameter> shownParameters(); ///< the search for everything, the look inside, large kernels, the view

} // namespace orrery::segmentation
