// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/assets.h"

#include <algorithm>

namespace orrery {

std::optional<std::string_view> asset(const std::string& name) {
    for (const EmbeddedFile* file = embeddedFiles; file->name; ++file)
        if (name == file->name) return std::string_view(reinterpret_cast<const char*>(file->bytes), file->size);
    return std::nullopt;
}

std::vector<std::string> assetNames(const std::string& prefix) {
    std::vector<std::string> names;
    for (const EmbeddedFile* file = embeddedFiles; file->name; ++file)
        if (std::string_view(file->name).starts_with(prefix)) names.emplace_back(file->name);
    std::sort(names.begin(), names.end());
    return names;
}

} // namespace orrery
