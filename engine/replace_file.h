// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <iosfwd>
#include <string>

namespace orrery {

/// Writes a file beside `path` and renames it, so that a failure leaves an older file as it is and nobody reads half of one.
/// What is there and no plain file (a device, a pipe) is written to as it stands. Throws Error naming the file; nothing is
/// left beside it then.
void replaceFile(const std::string& path, const std::function<void(std::ostream&)>& write);

} // namespace orrery
