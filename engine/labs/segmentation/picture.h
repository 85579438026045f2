// SPDX-License-Identifier: GPL-3.0-or-later
// Photographs as every part of the lab sees them: 8-bit RGB, upright. One loader for window and command line, so that masks
// are the same in both.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace orrery::segmentation {

struct Picture {
    std::int64_t width = 0, height = 0;
    std::vector<std::uint8_t> rgb{}; ///< row after row from the top, three bytes a pixel

    bool operator==(const Picture&) const = default;
};

/// Pixels that are accepted at most: 200 megapixels are 600 MB here.
inline constexpr std::int64_t mostPixels = 200'000'000;

/// Of a PNG (grey, palette, alpha, 8 and 16 bits), JPEG (turned as its EXIF orientation says) or BMP, known by content. Of 16
/// bits the upper 8 count; alpha is dropped, the colour under it stays. Throws Error naming `name`: what is wrong, what helps.
Picture decodePicture(std::span<const std::byte> bytes, const std::string& name);
Picture loadPicture(const std::string& path);

/// EXIF orientation of a JPEG (CIPA DC-008, tag 0x0112), 1 to 8; 1 where there is none or it cannot be read.
int exifOrientation(std::span<const std::byte> jpeg);
/// Upright from how it was stored: 2 mirrored, 3 turned by half a turn, 4 upside down, 5 to 8 with axes exchanged.
Picture upright(Picture stored, int orientation);

/// FNV-1a of size and pixels: the key of cached embeddings.
std::uint64_t hashOf(const Picture& picture);

} // namespace orrery::segmentation
