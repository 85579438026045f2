// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/renderer.h"

#include "engine/model/png.h"

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
    model::writePng(file, picture.width, picture.height, 4, picture.rgba);
}

} // namespace orrery::ui
