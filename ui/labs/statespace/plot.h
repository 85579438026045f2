// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/labs/statespace/page.h"
#include "ui/panels/plot.h"

namespace orrery::ui::ssm {

glm::vec4 methodColour(const Look& look, statespace::Method method);

} // namespace orrery::ui::ssm
