// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/error.h"
#include "engine/labs/segmentation/objects.h"
#include "engine/model/png.h"

namespace orrery::segmentation {

void saveMask(const std::string& path, const Mask& mask) {
    std::vector<std::uint8_t> grey(mask.pixels.size());
    for (std::size_t i = 0; i < grey.size(); ++i) grey[i] = mask.pixels[i] != 0 ? 255 : 0;
    model::writePng(path, std::uint32_t(mask.width), std::uint32_t(mask.height), 1, grey);
}

void saveCutout(const std::string& path, const Picture& picture, const Mask& mask) {
    if (picture.width != mask.width || picture.height != mask.height)
        throw Error(path + ": the mask is of another picture's size");
    std::vector<std::uint8_t> rgba(4 * mask.pixels.size());
    for (std::size_t i = 0; i < mask.pixels.size(); ++i) {
        for (std::size_t c = 0; c < 3; ++c) rgba[4 * i + c] = picture.rgb[3 * i + c];
        rgba[4 * i + 3] = mask.pixels[i] != 0 ? 255 : 0;
    }
    model::writePng(path, std::uint32_t(mask.width), std::uint32_t(mask.height), 4, rgba);
}

void saveLabels(const std::string& path, const Annotated& picture) {
    if (picture.objects.size() > 255)
        throw Error(path + ": 8 bits number 255 objects, not " + std::to_string(picture.objects.size()) + "; save COCO");
    std::vector<std::uint8_t> grey(std::size_t(picture.width * picture.height));
    for (std::size_t k = 0; k < picture.objects.size(); ++k) {
        const Mask mask = decoded(picture.objects[k].mask);
        for (std::size_t i = 0; i < grey.size(); ++i)
            if (mask.pixels[i] != 0) grey[i] = std::uint8_t(k + 1);
    }
    model::writePng(path, std::uint32_t(picture.width), std::uint32_t(picture.height), 1, grey);
}

} // namespace orrery::segmentation
