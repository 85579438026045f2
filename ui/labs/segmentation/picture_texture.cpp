// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/segmentation/picture_texture.h"

#include "ui/render/texture.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui::seg {

namespace {

constexpr std::uint32_t smallest = 256; ///< pixels of the longer side of the last level

struct Level {
    std::uint32_t width, height;
    std::vector<std::uint8_t> rgba;
};

/// The mean of each four pixels, weighted by alpha so that what is transparent lends no colour. An odd row or column at the end is
/// its own neighbour.
Level halved(const Level& from) {
    Level to{(from.width + 1) / 2, (from.height + 1) / 2, {}};
    to.rgba.resize(std::size_t(to.width) * to.height * 4);
    std::uint8_t* out = to.rgba.data();
    for (std::uint32_t y = 0; y < to.height; ++y) {
        const std::uint8_t* upper = &from.rgba[std::size_t(2 * y) * from.width * 4];
        const std::uint8_t* lower = 2 * y + 1 < from.height ? upper + std::size_t(from.width) * 4 : upper;
        for (std::uint32_t x = 0; x < to.width; ++x, out += 4) {
            const std::size_t a = std::size_t(2 * x) * 4, b = 2 * x + 1 < from.width ? a + 4 : a;
            const std::uint8_t* four[] = {upper + a, upper + b, lower + a, lower + b};
            unsigned alpha = 0, sums[3] = {};
            for (const std::uint8_t* p : four) {
                alpha += p[3];
                for (int c = 0; c < 3; ++c) sums[c] += unsigned(p[c]) * p[3];
            }
            for (int c = 0; c < 3; ++c) out[c] = std::uint8_t(alpha ? (sums[c] + alpha / 2) / alpha : 0);
            out[3] = std::uint8_t((alpha + 2) / 4);
        }
    }
    return to;
}

} // namespace

void PictureTexture::set(gpu::Device& device, const segmentation::Picture& picture) {
    std::vector<std::uint8_t> rgba(picture.rgb.size() / 3 * 4);
    for (std::size_t i = 0; i < rgba.size() / 4; ++i) {
        std::copy_n(&picture.rgb[3 * i], 3, &rgba[4 * i]);
        rgba[4 * i + 3] = 255;
    }
    set(device, std::uint32_t(picture.width), std::uint32_t(picture.height), std::move(rgba),
        rectOf(picture.width, picture.height));
}

void PictureTexture::set(gpu::Device& device, std::uint32_t width, std::uint32_t height, std::vector<std::uint8_t> rgba,
                         const Rect& rect) {
    m_levels.clear();
    m_rect = rect;
    Level level{width, height, std::move(rgba)};
    const std::uint32_t largest = device.info().limits.maxImageDimension2D;
    while (level.width > largest || level.height > largest) level = halved(level);
    for (;;) {
        m_levels.push_back(makeTexture(device, Texel::rgba8, level.width, level.height, std::as_bytes(std::span(level.rgba))));
        if (std::max(level.width, level.height) <= smallest) break;
        level = halved(level);
    }
}

void PictureTexture::draw(const Frame& frame, Layers& layers, float opacity) const {
    if (m_levels.empty()) return;
    const double texelsPerPx = frame.camera.unitsPerPx() * m_levels.front().options().width / (m_rect.high.x - m_rect.low.x);
    const auto level = std::size_t(std::clamp(std::lround(std::log2(std::max(texelsPerPx, 1.0))), 0L, long(m_levels.size()) - 1));
    layers.picture(frame, m_levels[level], m_rect, opacity);
}

} // namespace orrery::ui::seg
