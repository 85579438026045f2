// SPDX-License-Identifier: GPL-3.0-or-later
// The table of parameters, a function for each group of the panel.
#pragma once

#include "engine/lab/declaration.h"

namespace orrery::embedding {

std::vector<lab::Parameter> tableParameters();
std::vector<lab::Parameter> projectionParameters();
std::vector<lab::Parameter> tsneParameters();
std::vector<lab::Parameter> umapParameters();
std::vector<lab::Parameter> judgingParameters();
std::vector<lab::Parameter> viewParameters();      ///< how the cloud is looked at
std::vector<lab::Parameter> selectionParameters(); ///< what is found, selected and chosen in it

} // namespace orrery::embedding
