// SPDX-License-Identifier: GPL-3.0-or-later
// The images of a window's surface on the engine's device. Nothing here blocks longer than the driver needs: a frame
// is begun only when the one before has left the queue and the surface has an image to give.
#pragma once

#include "engine/gpu/recorder.h"
#include "ui/render/renderer.h"

#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace orrery::app {

/// A UNORM format: what is drawn is display-referred already, an sRGB format would wash it out. Throws Error naming the
/// formats that are there when there is none (a 16-bit X screen has none at all).
VkSurfaceFormatKHR chooseSurfaceFormat(std::span<const VkSurfaceFormatKHR> offered);
/// FIFO, which waits for the screen; on a CPU device MAILBOX where offered, so that presenting does not wait as well.
VkPresentModeKHR choosePresentMode(std::span<const VkPresentModeKHR> offered, bool cpu);

class Swapchain {
 public:
    enum class State { ready, zeroSize, surfaceLost };

    Swapchain(gpu::Device& device, VkSurfaceKHR surface);
    ~Swapchain();
    Swapchain(const Swapchain&) = delete;
    Swapchain& operator=(const Swapchain&) = delete;

    VkFormat format() const { return m_format.format; }
    State state() const { return m_state; }
    std::uint32_t imageCount() const { return std::uint32_t(m_images.size()); }
    /// Made anew before the next frame; the size, in pixels, counts where the surface leaves it to its window.
    void resized(std::uint32_t width, std::uint32_t height) { m_wanted = {width, height}, m_stale = true; }

    /// An image to draw into, or nothing: try again a moment later (or never, see state()).
    std::optional<ui::Target> begin();
    /// Submits what was recorded for the image of begin() and presents it.
    void end(gpu::Recorder&& recorder);
    void abandon(); ///< instead of end(), when drawing failed
    /// Presents what has finished meanwhile; true while a frame is on its way.
    bool pending();

    std::function<void(VkImageView)> forget; ///< before a view is destroyed
    std::function<void()> beforePresent, afterPresent;

 private:
    struct Image {
        VkImageView view = VK_NULL_HANDLE;
        VkSemaphore rendered = VK_NULL_HANDLE;
    };
    struct Slot { ///< a frame in flight
        VkSemaphore acquired = VK_NULL_HANDLE;
        gpu::Ticket ticket = 0;
    };
    bool make();
    void destroyImages();
    void present();
    VkSemaphore semaphore() const;
    bool notice(VkResult result); ///< keeps track of what a result says about the surface

    gpu::Device* m_device;
    VkSurfaceKHR m_surface;
    VkSwapchainKHR m_handle = VK_NULL_HANDLE;
    VkSurfaceFormatKHR m_format{};
    VkPresentModeKHR m_mode = VK_PRESENT_MODE_FIFO_KHR;
    VkExtent2D m_extent{}, m_wanted{};
    std::vector<Image> m_images;
    std::vector<Slot> m_slots;
    std::size_t m_slot = 0;
    std::uint32_t m_image = 0;
    bool m_presentWaits = false; ///< an image has been submitted and not presented yet
    bool m_stale = true;
    State m_state = State::ready;
};

} // namespace orrery::app
