// SPDX-License-Identifier: GPL-3.0-or-later
// Which parameters a dropped or given file sets. The extension "/" stands for a folder, and for several files, one a line.
#pragma once

#include "engine/lab/declaration.h"

namespace orrery::lab {

/// The declared input that takes a file of this extension (upper or lower case); null when none does.
const Input* inputFor(const Declaration& declaration, const std::string& path);

/// The parameters to set, the file's own path (made absolute) last. Throws Error that says what the lab takes.
std::vector<std::pair<std::string, Value>> inputValues(const Declaration& declaration, const std::string& path);

} // namespace orrery::lab
