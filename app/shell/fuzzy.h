// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace orrery::app {

/// How well `query` matches `text`: 0 not at all; letters in order are needed, starts of words and runs count more.
int fuzzyScore(const QString& query, const QString& text);

} // namespace orrery::app
