// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/rle.h"

#include "engine/error.h"

#include <algorithm>

namespace orrery::segmentation {

std::int64_t Rle::area() const {
    std::int64_t sum = 0;
    for (std::size_t i = 1; i < counts.size(); i += 2) sum += counts[i];
    return sum;
}

Rle encoded(const Mask& mask) {
    Rle rle{mask.width, mask.height, {}};
    std::uint8_t last = 0;
    std::uint32_t run = 0;
    for (std::int64_t x = 0; x < mask.width; ++x)
        for (std::int64_t y = 0; y < mask.height; ++y) {
            const std::uint8_t pixel = mask.pixels[std::size_t(y * mask.width + x)];
            if (pixel != last) {
                rle.counts.push_back(run);
                run = 0, last = pixel;
            }
            ++run;
        }
    rle.counts.push_back(run);
    return rle;
}

Mask decoded(const Rle& rle) {
    if (rle.width < 0 || rle.height < 0 || (rle.height > 0 && rle.width > mostPixels / rle.height))
        throw Error("a mask of " + std::to_string(rle.width) + " by " + std::to_string(rle.height) + " pixels is too large");
    const std::int64_t all = rle.width * rle.height;
    Mask mask{rle.width, rle.height, std::vector<std::uint8_t>(std::size_t(all))};
    std::int64_t at = 0;
    for (std::size_t i = 0; i < rle.counts.size(); ++i) {
        const std::int64_t end = at + rle.counts[i];
        if (end > all) break;
        if (i % 2 == 1)
            for (std::int64_t p = at; p < end; ++p) mask.pixels[std::size_t(p % rle.height * rle.width + p / rle.height)] = 1;
        at = end;
    }
    std::int64_t total = 0;
    for (const std::uint32_t count : rle.counts) total += count;
    if (total != all)
        throw Error("the runs of a mask hold " + std::to_string(total) + " pixels, the picture " + std::to_string(all));
    return mask;
}

std::string compressed(const Rle& rle) {
    std::string text;
    for (std::size_t i = 0; i < rle.counts.size(); ++i) {
        std::int64_t value = rle.counts[i];
        if (i > 2) value -= rle.counts[i - 2];
        for (bool more = true; more;) {
            auto letter = int(value & 31);
            value >>= 5;
            more = (letter & 16) != 0 ? value != -1 : value != 0;
            text += char((more ? letter | 32 : letter) + 48);
        }
    }
    return text;
}

Rle uncompressed(const std::string& text, std::int64_t width, std::int64_t height) {
    Rle rle{width, height, {}};
    for (std::size_t at = 0; at < text.size();) {
        std::int64_t value = 0;
        int shift = 0;
        for (bool more = true; more; shift += 5) {
            if (at == text.size() || text[at] < 48 || text[at] > 111 || shift > 35)
                throw Error("letter " + std::to_string(at + 1) + " of a compressed mask cannot be read; it is cut short or none");
            const std::int64_t letter = text[at++] - 48;
            value |= (letter & 31) << shift;
            more = (letter & 32) != 0;
            if (!more && (letter & 16) != 0) value |= std::int64_t(-1) << (shift + 5);
        }
        if (rle.counts.size() > 2) value += rle.counts[rle.counts.size() - 2];
        if (value < 0 || value > std::int64_t(UINT32_MAX))
            throw Error("a compressed mask has a run of " + std::to_string(value) + " pixels");
        rle.counts.push_back(std::uint32_t(value));
    }
    return rle;
}

std::array<std::int64_t, 4> boundsOf(const Mask& mask) {
    std::int64_t left = mask.width, right = -1, top = mask.height, low = -1;
    for (std::int64_t y = 0; y < mask.height; ++y)
        for (std::int64_t x = 0; x < mask.width; ++x)
            if (mask.pixels[std::size_t(y * mask.width + x)] != 0) {
                left = std::min(left, x), right = std::max(right, x);
                top = std::min(top, y), low = y;
            }
    return right < 0 ? std::array<std::int64_t, 4>{} : std::array{left, top, right - left + 1, low - top + 1};
}

} // namespace orrery::segmentation
