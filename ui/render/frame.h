// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/gpu/recorder.h"
#include "ui/render/camera.h"
#include "ui/render/theme.h"

namespace orrery::ui {

/// One frame being drawn. Sizes are framebuffer pixels; `scale` is pixels per logical pixel (HiDPI).
struct Frame {
    gpu::Recorder& recorder;
    const Camera& camera; ///< in framebuffer pixels
    std::uint32_t width, height;
    float scale;
    const Theme& theme;
};

} // namespace orrery::ui
