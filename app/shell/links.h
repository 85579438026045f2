// SPDX-License-Identifier: GPL-3.0-or-later
// What a link in a lesson does: orrery:scenario/NAME, orrery:set/key=value, orrery:play, orrery:pause, orrery:seek/0.5,
// orrery:do/ACTION.
#pragma once

#include "app/shell/workbench.h"

namespace orrery::app {

/// Throws Error when the link says nothing that can be done.
void follow(Workbench& bench, const QString& link);
/// In words, for the tooltip.
QString describeLink(const Workbench& bench, const QString& link);

} // namespace orrery::app
