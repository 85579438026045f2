// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/picture.h"

#include "engine/error.h"
#include "engine/fnv.h"
#include "engine/model/mapped_file.h"

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_PNG
#define STBI_ONLY_JPEG
#define STBI_ONLY_BMP
#define STBI_NO_STDIO
#define STBI_MAX_DIMENSIONS 65535
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#endif
#include <stb_image.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

#include <algorithm>
#include <array>
#include <memory>

namespace orrery::segmentation {

namespace {

std::uint32_t at(std::span<const std::byte> bytes, std::size_t place, std::size_t count, bool little = false) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i) value = value << 8 | std::uint32_t(bytes[place + (little ? count - 1 - i : i)]);
    return value;
}

bool startsWith(std::span<const std::byte> bytes, std::initializer_list<int> mark) {
    if (bytes.size() < mark.size()) return false;
    std::size_t i = 0;
    for (const int value : mark)
        if (bytes[i++] != std::byte(value)) return false;
    return true;
}

/// The orientation in a TIFF block, the content of an EXIF segment; 1 where it cannot be read.
int orientationIn(std::span<const std::byte> tiff) {
    if (tiff.size() < 8) return 1;
    const bool little = startsWith(tiff, {'I', 'I'});
    if (!little && !startsWith(tiff, {'M', 'M'})) return 1;
    const std::size_t directory = at(tiff, 4, 4, little);
    if (directory > tiff.size() || tiff.size() - directory < 2) return 1;
    const std::size_t entries = at(tiff, directory, 2, little);
    for (std::size_t i = 0, place = directory + 2; i < entries && place + 12 <= tiff.size(); ++i, place += 12)
        if (at(tiff, place, 2, little) == 0x0112) {
            const auto value = int(at(tiff, place + 8, 2, little));
            return value >= 1 && value <= 8 ? value : 1;
        }
    return 1;
}

/// Where pixel (x, y) of the upright picture lies in the stored one of that size.
std::array<std::int64_t, 2> stored(int orientation, std::int64_t x, std::int64_t y, std::int64_t width, std::int64_t height) {
    const std::int64_t right = width - 1, low = height - 1;
    switch (orientation) {
        case 2:
            return {right - x, y};
        case 3:
            return {right - x, low - y};
        case 4:
            return {x, low - y};
        case 5:
            return {y, x};
        case 6:
            return {y, low - x};
        case 7:
            return {right - y, low - x};
        case 8:
            return {right - y, x};
        default:
            return {x, y};
    }
}

} // namespace

int exifOrientation(std::span<const std::byte> jpeg) {
    if (!startsWith(jpeg, {0xFF, 0xD8})) return 1;
    for (std::size_t place = 2; place + 4 <= jpeg.size();) {
        if (jpeg[place] != std::byte(0xFF)) return 1;
        const std::uint32_t marker = at(jpeg, place + 1, 1), size = at(jpeg, place + 2, 2);
        if (marker == 0xFF) { // padding
            ++place;
            continue;
        }
        if (marker == 0xDA || size < 2 || size > jpeg.size() - place - 2) return 1; // pixels begin
        const std::span<const std::byte> segment = jpeg.subspan(place + 4, size - 2);
        if (marker == 0xE1 && startsWith(segment, {'E', 'x', 'i', 'f', 0, 0})) return orientationIn(segment.subspan(6));
        place += 2 + size;
    }
    return 1;
}

Picture upright(Picture picture, int orientation) {
    if (orientation <= 1 || orientation > 8) return picture;
    const bool exchanged = orientation >= 5;
    Picture turned{exchanged ? picture.height : picture.width, exchanged ? picture.width : picture.height, {}};
    turned.rgb.resize(picture.rgb.size());
    std::uint8_t* to = turned.rgb.data();
    for (std::int64_t y = 0; y < turned.height; ++y)
        for (std::int64_t x = 0; x < turned.width; ++x, to += 3) {
            const auto [sx, sy] = stored(orientation, x, y, picture.width, picture.height);
            std::copy_n(picture.rgb.data() + 3 * (sy * picture.width + sx), 3, to);
        }
    return turned;
}

Picture decodePicture(std::span<const std::byte> bytes, const std::string& name) {
    const bool jpeg = startsWith(bytes, {0xFF, 0xD8}), png = startsWith(bytes, {0x89, 'P', 'N', 'G'}),
               bmp = startsWith(bytes, {'B', 'M'});
    if (!jpeg && !png && !bmp)
        throw Error(name + ": its first bytes are those of no picture known here; save it as PNG, JPEG or BMP");
    if (bytes.size() > std::size_t(INT32_MAX)) throw Error(name + ": a picture file of more than 2 GiB cannot be read");
    const auto* data = reinterpret_cast<const stbi_uc*>(bytes.data());
    const int size = int(bytes.size());
    int width = 0, height = 0, channels = 0;
    if (!stbi_info_from_memory(data, size, &width, &height, &channels))
        throw Error(name + ": the picture's header cannot be read (" + stbi_failure_reason() + "); save it again as PNG or JPEG");
    if (width < 1 || height < 1 || std::int64_t(width) * height > mostPixels)
        throw Error(name + ": " + std::to_string(width) + " by " + std::to_string(height) + " pixels; at most " +
                    std::to_string(mostPixels / 1'000'000) + " megapixels are read: scale it down or cut out a part");
    const std::unique_ptr<stbi_uc, void (*)(void*)> pixels(stbi_load_from_memory(data, size, &width, &height, &channels, 3),
                                                           stbi_image_free);
    if (!pixels)
        throw Error(name + ": the picture cannot be decoded (" + stbi_failure_reason() +
                    "); the file may be cut short: save or download it again");
    Picture picture{width, height, {pixels.get(), pixels.get() + std::size_t(width) * std::size_t(height) * 3}};
    return upright(std::move(picture), jpeg ? exifOrientation(bytes) : 1);
}

Picture loadPicture(const std::string& path) { return decodePicture(model::MappedFile(path).all(), path); }

std::uint64_t hashOf(const Picture& picture) {
    Fnv<std::uint64_t> hash;
    for (const std::int64_t size : {picture.width, picture.height}) hash.number(std::uint64_t(size));
    hash.bytes(std::as_bytes(std::span(picture.rgb)));
    return hash.value();
}

} // namespace orrery::segmentation
