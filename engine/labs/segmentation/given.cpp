// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/given.h"

#include "engine/error.h"

#include <algorithm>
#include <filesystem>

namespace orrery::segmentation {

namespace {

std::string sized(std::int64_t width, std::int64_t height) { return std::to_string(width) + " x " + std::to_string(height); }

} // namespace

std::map<int, Object> givenOf(const std::vector<Annotated>& file, const std::string& path, const std::string& picture,
                              std::int64_t width, std::int64_t height, bool needed) {
    const auto named = [&](const Annotated& each) { return std::filesystem::path(each.file).filename().string() == picture; };
    auto found = std::ranges::find_if(file, named);
    if (found == file.end() && file.size() == 1 && file[0].width == width && file[0].height == height) found = file.begin();
    if (found == file.end()) {
        if (!needed) return {};
        std::string others;
        for (std::size_t i = 0; i < std::min<std::size_t>(file.size(), 3); ++i)
            others += (i > 0 ? ", '" : "'") + file[i].file + "'";
        if (file.size() > 3) others += " and " + std::to_string(file.size() - 3) + " more";
        throw Error(path + ": it knows no picture '" + picture + "'" +
                    (others.empty() ? "; it lists none" : "; it has " + others + ": open that one first"));
    }
    if (found->width != width || found->height != height)
        throw Error(path + ": its picture '" + found->file + "' has " + sized(found->width, found->height) +
                    " pixels, the one that is open " + sized(width, height));
    if (found->objects.size() > std::size_t(mostObjects))
        throw Error(path + ": '" + found->file + "' has " + std::to_string(found->objects.size()) + " objects; at most " +
                    std::to_string(mostObjects) + " can be taken over");
    std::map<int, Object> all;
    for (const Object& object : found->objects) all.emplace(int(all.size()) + 1, object);
    return all;
}

std::map<int, Object> givenIn(const std::string& path, const std::string& picture, std::int64_t width, std::int64_t height,
                              bool needed) {
    return givenOf(loadCoco(path), path, picture, width, height, needed);
}

} // namespace orrery::segmentation
