// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cache_folder.h"

#include <cstdlib>
#include <filesystem>
#include <utility>

namespace orrery {

std::string userCacheFolder() {
    namespace fs = std::filesystem;
    for (const auto& [variable, below] : {std::pair{"XDG_CACHE_HOME", ""}, {"LOCALAPPDATA", ""}, {"HOME", ".cache"}})
        if (const char* value = std::getenv(variable); value && *value) return (fs::path(value) / below / "orrery").string();
    return {};
}

} // namespace orrery
