// SPDX-License-Identifier: GPL-3.0-or-later
// Which parameters a dropped or given file sets. The extension "/" stands for a folder, and for several files, one a line.
#pragma once

#include "engine/lab/declaration.h"

#include <string_view>

namespace orrery::lab {

/// The declared input that takes a file of this extension (upper or lower case); null when none does. Of several the first, but
/// prose goes to the last of them.
const Input* inputFor(const Declaration& declaration, const std::string& path);

/// The parameters to set, the file's own path (made absolute) last. Throws Error that says what the lab takes.
std::vector<std::pair<std::string, Value>> inputValues(const Declaration& declaration, const std::string& path);

/// Most lines are words, not numbers, and no table's columns with tabs between.
bool isProse(std::string_view text);

} // namespace orrery::lab
