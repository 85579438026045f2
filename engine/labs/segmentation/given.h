// SPDX-License-Identifier: GPL-3.0-or-later
// Objects that a COCO file brings along: masks with names, by the numbers that the lab's objects have.
#pragma once

#include "engine/labs/segmentation/objects.h"

#include <map>

namespace orrery::segmentation {

/// Objects are numbered from 1 to here.
inline constexpr int mostObjects = 999;

/// Of a picture of that name and size, numbered from 1 in the file's order. A file of one picture of that size fits whatever its
/// name. `needed`: throws Error when the file has none for the picture, else there are none. Throws Error naming the file when
/// it cannot be read as COCO, when its picture has another size, or when there are more than mostObjects.
std::map<int, Object> givenIn(const std::string& path, const std::string& picture, std::int64_t width, std::int64_t height,
                              bool needed);
std::map<int, Object> givenOf(const std::vector<Annotated>& file, const std::string& path, const std::string& picture,
                              std::int64_t width, std::int64_t height, bool needed);

} // namespace orrery::segmentation
