// SPDX-License-Identifier: GPL-3.0-or-later
// Where the picture lies: a line from each row that was judged to the one of its nearest in the table that is farthest away here.
#pragma once

#include "engine/labs/embedding/quality.h"
#include "ui/labs/embedding/shown.h"
#include "ui/panels/look.h"

namespace orrery::ui::emb {

/// The longest of them, as many as a draw list takes; returns how many there are.
std::size_t drawTorn(ImDrawList* list, const Look& look, const Shown& shown, const ToPixels& toPixels,
                     const embedding::Quality& quality);

} // namespace orrery::ui::emb
