// SPDX-License-Identifier: GPL-3.0-or-later
// The images of a window's surface on the engine's device. A frame is begun only when the one before has left the queue and
// the surface has an image to give.
#pragma once

#include "app/shell/presentation.h"

#include <span>
#include <vector>

namespace orrery::app {

/// A UNORM format: what is drawn is display-referred already, an sRGB format would wash it out. Throws Error naming the
/// formats that are there when there is none (a 16-bit X screen has none at all).
VkSurfaceFormatKHR chooseSurfaceFormat(std::span<const VkSurfaceFormatKHR> offered);
/// FIFO, which waits for the screen; on a CPU device MAILBOX where offered, so that presenting does not wait as well.
VkPresentModeKHR choosePresentMode(std::span<const VkPresentModeKHR> offered, bool cpu);

class Swapchain : public Presentation {
 public:
    Swapchain(gpu::Device& device, VkSurfaceKHR surface);
    ~Swapchain() override;
    Swapchain(const Swapchain&) = delete;
    Swapchain& operator=(const Swapchain&) = delete;

    VkFormat format() const override { return m_format.format; }
    VkImageLayout layout() const override { return VK_IMAGE_LAYOUT_PRESENT_SRC_KHR; }
    std::uint32_t imageCount() const { return std::uint32_t(m_images.size()); }
    /// Made anew before the next frame; the size counts where the surface leaves it to its window.
    void resized(std::uint32_t width, std::uint32_t height) override { m_wanted = {width, height}, m_stale = true; }

    std::optional<ui::Target> begin() override;
    void end(gpu::Recorder&& recorder) override;
    void abandon() override;
    bool pending() override;
    bool waiting() const override { return m_presentWaits; }

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
};

} // namespace orrery::app
