// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/lab/session.h"

#include <string>

namespace orrery::ui {

/// Does a declared action. Three kinds concern the session and not the lab: "restart" plays from the first step,
/// "reseed" takes the next seed, and "clear_KEY" empties the points of parameter KEY; the last two can be undone.
/// Throws Error.
void act(lab::Session& session, const std::string& action);

} // namespace orrery::ui
