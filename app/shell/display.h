// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace orrery::app {

/// Why no window can be opened here, in one line; empty when one can. Qt itself would end the program with its own words.
std::string whyNoDisplay();

} // namespace orrery::app
