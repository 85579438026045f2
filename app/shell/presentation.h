// SPDX-License-Identifier: GPL-3.0-or-later
// How frames come to a window: by the surface's own images (Swapchain), or painted by Qt (Painted). Nothing here blocks longer
// than the driver needs.
#pragma once

#include "engine/gpu/recorder.h"
#include "ui/render/renderer.h"

#include <functional>
#include <optional>

namespace orrery::app {

class Presentation {
 public:
    enum class State { ready, zeroSize, surfaceLost };

    virtual ~Presentation() = default;
    /// Of the images that begin() gives, and the layout in which end() wants them.
    virtual VkFormat format() const = 0;
    virtual VkImageLayout layout() const = 0;
    State state() const { return m_state; }
    /// The window's size in pixels.
    virtual void resized(std::uint32_t width, std::uint32_t height) = 0;

    /// An image to draw into, or nothing: try again a moment later (or never, see state()).
    virtual std::optional<ui::Target> begin() = 0;
    /// Submits what was recorded for the image of begin(), to be shown.
    virtual void end(gpu::Recorder&& recorder) = 0;
    virtual void abandon() = 0; ///< instead of end(), when drawing failed
    /// Shows what has finished meanwhile; true while no further frame can be begun.
    virtual bool pending() = 0;
    virtual bool waiting() const = 0; ///< for a frame to be done, to be shown then

    bool overlap = false; ///< record a frame while another is drawn, where that is a choice: more frames, each of them later
    std::function<void(VkImageView)> forget; ///< before a view is destroyed

 protected:
    State m_state = State::ready;
};

} // namespace orrery::app
