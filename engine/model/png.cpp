// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/png.h"

#include "engine/error.h"
#include "engine/replace_file.h"

#include <ostream>

#define STB_IMAGE_WRITE_STATIC
#define STB_IMAGE_WRITE_IMPLEMENTATION
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#endif
#include <stb_image_write.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace orrery::model {

void writePng(const std::string& path, std::uint32_t width, std::uint32_t height, int channels,
              std::span<const std::uint8_t> pixels) {
    const std::uint64_t row = std::uint64_t(width) * std::uint64_t(channels);
    if (row == 0 || height == 0 || pixels.size() != row * height) throw Error(path + ": there is no picture to be written");
    replaceFile(path, [&](std::ostream& out) {
        const auto put = [](void* to, void* data, int size) {
            static_cast<std::ostream*>(to)->write(static_cast<const char*>(data), size);
        };
        if (!stbi_write_png_to_func(put, &out, int(width), int(height), channels, pixels.data(), int(row)))
            throw Error(path + ": there is not enough memory to write it as a PNG");
    });
}

} // namespace orrery::model
