// SPDX-License-Identifier: GPL-3.0-or-later
// Texels of the host in an image that fragment shaders sample.
#pragma once

#include "engine/gpu/device.h"

#include <cstdint>
#include <span>

namespace orrery::ui {

enum class Texel {
    rgba8, ///< four bytes, as they are shown
    f32,   ///< one number; read without a filter
};

/// `bytes` holds width x height texels, the upper row first. Submitted at once: a frame recorded later may sample it. Throws Error
/// where there is no texel, too few bytes, or more than the device's images hold.
gpu::Image makeTexture(gpu::Device& device, Texel texel, std::uint32_t width, std::uint32_t height,
                       std::span<const std::byte> bytes);

} // namespace orrery::ui
