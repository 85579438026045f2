// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/error.h"
#include "engine/labs/segmentation/picture.h"
#include "engine/labs/segmentation/scene_cases.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

namespace orrery::segmentation {

namespace {

namespace fs = std::filesystem;

KnownPicture withoutMask(const fs::path& path) {
    Picture picture = loadPicture(path.string());
    return {path.stem().string(), picture.width, picture.height, std::move(picture.rgb), {}};
}

void requireObject(const KnownPicture& picture, const fs::path& from) {
    if (std::none_of(picture.mask.begin(), picture.mask.end(), [](std::uint8_t v) { return v != 0; }))
        throw Error(from.string() + ": the mask of '" + picture.name + "' is empty");
}

KnownPicture withMaskPicture(const fs::path& path, const fs::path& maskPath) {
    KnownPicture known = withoutMask(path);
    const Picture mask = loadPicture(maskPath.string());
    if (mask.width != known.width || mask.height != known.height)
        throw Error(maskPath.string() + ": the mask has " + std::to_string(mask.width) + " x " + std::to_string(mask.height) +
                    " pixels, its picture " + std::to_string(known.width) + " x " + std::to_string(known.height));
    for (std::size_t i = 0; i < mask.rgb.size(); i += 3) known.mask.push_back(mask.rgb[i] > 127);
    requireObject(known, maskPath);
    return known;
}

std::vector<KnownPicture> outlined(const fs::path& list) {
    std::vector<KnownPicture> all;
    std::ifstream in(list);
    try {
        for (const nlohmann::json& entry : nlohmann::json::parse(in)) {
            KnownPicture known = withoutMask(list.parent_path() / (entry.at("name").get<std::string>() + ".jpg"));
            if (known.width != entry.at("width") || known.height != entry.at("height"))
                throw Error(list.string() + ": '" + known.name + "' is drawn for another size than the picture's");
            known.mask = insideOf(entry.at("outlines"), known.width, known.height);
            requireObject(known, list);
            all.push_back(std::move(known));
        }
    } catch (const nlohmann::json::exception& error) {
        throw Error(list.string() + ": " + error.what());
    }
    return all;
}

} // namespace

std::vector<std::uint8_t> insideOf(const std::vector<std::vector<std::array<double, 2>>>& outlines, std::int64_t width,
                                   std::int64_t height) {
    std::vector<std::uint8_t> mask(std::size_t(width * height));
    for (std::int64_t y = 0; y < height; ++y) {
        std::vector<double> crossings; // of all outlines with the row of centres
        const double row = double(y) + 0.5;
        for (const auto& outline : outlines)
            for (std::size_t i = 0; i < outline.size(); ++i) {
                const auto &a = outline[i], &b = outline[(i + 1) % outline.size()];
                if ((a[1] <= row) != (b[1] <= row)) crossings.push_back(a[0] + (row - a[1]) / (b[1] - a[1]) * (b[0] - a[0]));
            }
        std::sort(crossings.begin(), crossings.end());
        for (std::size_t i = 0; i + 1 < crossings.size(); i += 2)
            for (std::int64_t x = std::max<std::int64_t>(0, std::int64_t(std::ceil(crossings[i] - 0.5)));
                 x < width && double(x) + 0.5 < crossings[i + 1]; ++x)
                mask[std::size_t(y * width + x)] = 1;
    }
    return mask;
}

std::vector<KnownPicture> picturesOf(const std::string& folder) {
    if (!fs::is_directory(folder)) throw Error(folder + ": no such folder");
    std::vector<fs::path> masks;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder))
        if (entry.path().string().ends_with(".mask.png")) masks.push_back(entry.path());
    std::sort(masks.begin(), masks.end());
    std::vector<KnownPicture> all;
    for (const fs::path& mask : masks) {
        const std::string stem = mask.string().substr(0, mask.string().size() - std::string(".mask.png").size());
        const fs::path picture = fs::exists(stem + ".png") ? stem + ".png" : stem + ".jpg";
        if (!fs::exists(picture)) throw Error(mask.string() + ": there is neither " + stem + ".png nor .jpg beside it");
        all.push_back(withMaskPicture(picture, mask));
    }
    if (const fs::path list = fs::path(folder) / "photographs.json"; fs::exists(list))
        for (KnownPicture& known : outlined(list)) all.push_back(std::move(known));
    if (all.empty()) throw Error(folder + ": no picture with a mask; put NAME.mask.png beside NAME.png or NAME.jpg");
    return all;
}

} // namespace orrery::segmentation
