// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace orrery {

/// Where what can be made again is kept for this user (XDG_CACHE_HOME, LOCALAPPDATA or ~/.cache, "orrery" below it); empty where
/// there is no such place. Not made here.
std::string userCacheFolder();

} // namespace orrery
