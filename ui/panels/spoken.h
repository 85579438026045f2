// SPDX-License-Identifier: GPL-3.0-or-later
// What an engine tells of itself while it runs, in the person's language: "step 12/1000 · loss 1.46" changes all the time, its words
// do not.
#pragma once

#include "ui/panels/look.h"

namespace orrery::ui {

/// Each part between " · " is looked up with its figures as %1, %2, …: "step %1/%2". What has no translation stays as it is.
std::string spoken(const Look& look, const std::string& status);

} // namespace orrery::ui
