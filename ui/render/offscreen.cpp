// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/renderer.h"

#define STB_IMAGE_WRITE_STATIC
#define STB_IMAGE_WRITE_IMPLEMENTATION
#include <stb_image_write.h>

#include <algorithm>

namespace orrery::ui {

Offscreen::Offscreen(gpu::Device& device, std::uint32_t width, std::uint32_t height)
    : m_image(device.image({.name = "offscreen",
                            .width = width,
                            .height = height,
                            .format = format,
                            .usage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT})) {}

Target Offscreen::target() const { return {m_image.view(), m_image.options().width, m_image.options().height}; }

gpu::Download Offscreen::read(gpu::Recorder& recorder) const { return recorder.download(m_image); }

Picture Offscreen::picture(const gpu::Download& download) const {
    const auto bytes = download.as<std::uint8_t>();
    Picture picture{m_image.options().width, m_image.options().height, {}};
    const std::size_t needed = std::size_t(picture.width) * picture.height * 4;
    if (bytes.size() < needed) throw Error("a picture of another size was read");
    picture.rgba.assign(bytes.begin(), bytes.begin() + std::ptrdiff_t(needed));
    return picture;
}

void savePng(const Picture& picture, const std::string& file) {
    const bool whole = picture.width > 0 && picture.rgba.size() == std::size_t(picture.width) * picture.height * 4;
    if (!whole) throw Error("there is no picture to save as " + file);
    if (!stbi_write_png(file.c_str(), int(picture.width), int(picture.height), 4, picture.rgba.data(), int(picture.width) * 4))
        throw Error("cannot write the picture " + file + "; is its folder there, and writable?");
}

} // namespace orrery::ui
