// SPDX-License-Identifier: GPL-3.0-or-later
// Files of assets/ that are part of the program, by their path below assets/ ("diffusion/lesson.en.md", "fonts/sans").
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {

struct EmbeddedFile {
    const char* name;
    const unsigned char* bytes;
    std::size_t size;
};
extern const EmbeddedFile embeddedFiles[]; ///< ends with a null name

std::optional<std::string_view> asset(const std::string& name);
std::vector<std::string> assetNames(const std::string& prefix); ///< sorted

} // namespace orrery
