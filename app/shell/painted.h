// SPDX-License-Identifier: GPL-3.0-or-later
// Frames of a CPU device. They lie in the host's memory, so Qt can paint them like any other window: a surface of Vulkan's
// would copy them over the window system's socket while the device stands still, a third of the frame's time (lavapipe, X11).
#pragma once

#include "app/shell/presentation.h"

#include <QBackingStore>

#include <deque>

class QWindow;

namespace orrery::app {

class Painted : public Presentation {
 public:
    Painted(gpu::Device& device, QWindow& window); ///< a window of raster type
    ~Painted() override;

    VkFormat format() const override { return VK_FORMAT_B8G8R8A8_UNORM; } // as QImage::Format_RGB32 lies in memory
    VkImageLayout layout() const override { return VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL; }
    void resized(std::uint32_t, std::uint32_t) override {} // asked for with each frame
    std::optional<ui::Target> begin() override;
    void end(gpu::Recorder&& recorder) override;
    void abandon() override {}
    bool pending() override;
    bool waiting() const override { return !m_drawn.empty(); }

 private:
    struct Drawn { ///< on its way, or done and not shown yet
        gpu::Download pixels;
        gpu::Ticket ticket = 0;
        std::uint32_t width = 0, height = 0;
    };
    void paint(const Drawn& drawn);

    gpu::Device* m_device;
    QWindow* m_window;
    QBackingStore m_store;
    gpu::Image m_image; ///< work runs in order: a frame is copied out before the next one is drawn
    std::deque<Drawn> m_drawn;
};

} // namespace orrery::app
